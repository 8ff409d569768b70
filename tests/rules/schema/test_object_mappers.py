"""What rules of tables make of the models of Django and SQLAlchemy where no engine is named."""

from __future__ import annotations

import pytest

from leaktight.diagnostics import Severity
from leaktight.rule import Rule
from leaktight.testing import run
from leaktight_rules.schema.blob_in_table import BlobInTable
from leaktight_rules.schema.entity_attribute_value import EntityAttributeValue
from leaktight_rules.schema.float_money import FloatMoney
from leaktight_rules.schema.foreign_key_type import ForeignKeyType
from leaktight_rules.schema.json_blob import JsonBlob
from leaktight_rules.schema.missing_foreign_key import MissingForeignKey
from leaktight_rules.schema.naive_timestamp import NaiveTimestamp
from leaktight_rules.schema.no_primary_key import NoPrimaryKey
from leaktight_rules.schema.repeated_columns import RepeatedColumns
from leaktight_rules.schema.text_for_type import TextForType
from leaktight_rules.schema.unchecked_status import UncheckedStatus

DJANGO = """
from django.db import models


class Shop(models.Model):
    id = models.BigAutoField(primary_key=True)


class Item(models.Model):
    shop = models.ForeignKey(Shop, on_delete=models.CASCADE)
    {}
"""
SQLALCHEMY = """
from datetime import datetime

from sqlalchemy import JSON, BigInteger, Column, DateTime, Float, ForeignKey, Integer, LargeBinary, Numeric, String, Table
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class Shop(Base):
    __tablename__ = "shops"
    id = Column(BigInteger, primary_key=True)


class Item(Base):
    __tablename__ = "items"
    id = Column(BigInteger, primary_key=True)
    parent_id = Column(BigInteger, ForeignKey("items.id"))
    {}
"""
PHONES = "; ".join(f"phone{n} = {{}}" for n in (1, 2, 3))
META = "user_id = Column(BigInteger); meta_key = Column(String(40)); meta_value = Column(String(200))"


@pytest.mark.parametrize(
    ("rule", "fields", "found"),
    [
        (FloatMoney(), "price = models.FloatField()", 1),
        (FloatMoney(), "price = models.DecimalField(max_digits=12, decimal_places=2)", 0),
        (FloatMoney(), "width = models.FloatField()", 0),
        (UncheckedStatus(), "status = models.CharField(max_length=20)", 1),
        (UncheckedStatus(), "status = models.CharField(max_length=20, choices=[('a', 'A')])", 0),
        (RepeatedColumns(), PHONES.format(*["models.TextField()"] * 3), 1),
        (BlobInTable(), "photo = models.BinaryField()", 1),
        (TextForType(), "created_date = models.TextField()", 1),
        (JsonBlob(), "payload = models.JSONField(); note = models.TextField(); size = models.IntegerField()", 0),
        (JsonBlob(), "payload = models.JSONField(default=dict); kind = models.TextField()", 1),
        (JsonBlob(), "payload = models.JSONField(null=True); note = models.TextField(); size = models.IntegerField()", 0),
        (NaiveTimestamp(), "created_at = models.DateTimeField()", 0),
    ],
)  # fmt: skip
def test_models_of_django(rule: Rule, fields: str, found: int) -> None:
    report = run(rule, {"shop/models.py": DJANGO.format(fields)}, reported="shop/models.py")
    assert len(report.diagnostics) == found


@pytest.mark.parametrize(
    ("rule", "fields", "found"),
    [
        (FloatMoney(), "price = Column(Float)", 1),
        (FloatMoney(), "price: Mapped[float] = mapped_column(Float)", 1),
        (FloatMoney(), "price: Mapped[float]", 1),
        (FloatMoney(), "price = Column(Numeric(12, 2))", 0),
        (FloatMoney(), "price = Column(Float); fee = Column(Float)", 1),
        (UncheckedStatus(), "status = Column(String(20))", 1),
        (RepeatedColumns(), PHONES.format(*["Column(String(20))"] * 3), 1),
        (BlobInTable(), "photo = Column(LargeBinary)", 1),
        (JsonBlob(), "payload = Column(JSON, nullable=False); note = Column(String(9)); size = Column(Integer)", 0),
        (JsonBlob(), "payload = Column(JSON, nullable=False); kind = Column(String(9))", 1),
        (EntityAttributeValue(), META, 1),
        (MissingForeignKey(), "shop_id = Column(BigInteger)", 1),
        (MissingForeignKey(), "shop_id = Column(BigInteger, ForeignKey('shops.id'))", 0),
        (ForeignKeyType(), "shop_id = Column(Integer, ForeignKey('shops.id'))", 1),
        (NoPrimaryKey(), "\nlinks = Table('links', Base.metadata, Column('item_id', ForeignKey('items.id')))", 1),
        (NoPrimaryKey(), "\nlinks = Table('links', Base.metadata, Column('item_id', primary_key=True))", 0),
        (NaiveTimestamp(), "created_at = Column(DateTime)", 0),
    ],
)  # fmt: skip
def test_models_of_sqlalchemy(rule: Rule, fields: str, found: int) -> None:
    report = run(rule, {"shop/models.py": SQLALCHEMY.format(fields)}, reported="shop/models.py")
    assert len(report.diagnostics) == found


@pytest.mark.parametrize(
    ("field", "found"),
    [
        ("created_at = Column(DateTime)", 1),
        ("created_at = Column(DateTime, server_default='now()'); paid_at = Column(DateTime)", 1),
        ("created_at = Column(DateTime(timezone=True))", 0),
        ("created_at = Column(DateTime, default=datetime.utcnow)", 0),
        ("created_at = Column(DateTime, default=datetime.now)", 1),
        ("opens_local = Column(DateTime)", 0),
    ],
)
def test_instants_of_models_where_the_engine_is_named(field: str, found: int) -> None:
    text = "from sqlalchemy.dialects.postgresql import JSONB\n" + SQLALCHEMY.format(field)
    report = run(NaiveTimestamp(), {"shop/models.py": text}, reported="shop/models.py")
    assert len(report.diagnostics) == found


@pytest.mark.parametrize(
    ("field", "severity"),
    [
        ("created_at = Column(DateTime)", Severity.NOTE),
        ("created_at = Column(DateTime, server_default='now()'); paid_at = Column(DateTime)", Severity.WARNING),
        ("created_at = Column(DateTime, default=datetime.now)", Severity.WARNING),
    ],
)
def test_a_clock_that_only_the_program_knows(field: str, severity: Severity) -> None:
    text = "from sqlalchemy.dialects.postgresql import JSONB\n" + SQLALCHEMY.format(field)
    (found,) = run(NaiveTimestamp(), {"shop/models.py": text}, reported="shop/models.py").diagnostics
    assert found.severity is severity


@pytest.mark.parametrize(("imports", "found"), [("", 1), ("import snowflake.sqlalchemy\n", 0)])
def test_models_of_a_warehouse(imports: str, found: int) -> None:
    text = imports + SQLALCHEMY.format("status = Column(String(20))")
    assert len(run(UncheckedStatus(), {"shop/models.py": text}, reported="shop/models.py").diagnostics) == found


MIGRATION = """
import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "1"
down_revision = None


def upgrade():
    op.create_table(
        "items",
        sa.Column("id", sa.BigInteger(), primary_key=True),
        sa.Column("parent_id", sa.BigInteger(), sa.ForeignKey("items.id")),
        sa.Column("created_at", sa.DateTime()),
        sa.Column("meta", postgresql.JSONB()),
    )
"""


@pytest.mark.parametrize(("default", "found"), [("datetime.utcnow", 0), ("datetime.now", 1)])
def test_a_migration_does_not_say_what_the_model_fills_in(default: str, found: int) -> None:
    files = {
        "migrations/versions/1_a.py": MIGRATION,
        "shop/models.py": SQLALCHEMY.format(f"created_at = Column(DateTime, default={default}); meta = Column(JSON)"),
    }
    report = run(NaiveTimestamp(), files, reported="migrations/versions/1_a.py")
    assert len(report.diagnostics) == found


LIBRARY = """
from sqlalchemy import BigInteger, Column, ForeignKey, String
from sqlalchemy.orm import DeclarativeBase


class Base(DeclarativeBase):
    pass


class Thing(Base):
    __tablename__ = "object"
    oid = Column({kind}, primary_key=True)


class Score(Base):
    __tablename__ = "score_of_{kind}"
    oid = Column({kind}, ForeignKey({target}), primary_key=True)
"""


@pytest.mark.parametrize("target", ['"object.oid"', "Thing.oid"])
@pytest.mark.parametrize("place", ["libs/plugins/db/models.py", "libs/surveys/db/models.py"])
def test_a_reference_means_the_table_of_its_own_library(place: str, target: str) -> None:
    kinds = dict.fromkeys(["libs/plugins/db/models.py", "libs/surveys/db/models.py"], "BigInteger") | {place: "String"}
    files = {path: LIBRARY.format(kind=kind, target=target) for path, kind in kinds.items()}
    for path in files:
        assert run(ForeignKeyType(), files, reported=path).diagnostics == ()
