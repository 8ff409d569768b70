"""Models of SQLAlchemy and SQLModel, and tables of its Core."""

from __future__ import annotations

import time

import pytest
from reading import declared, facts, index_facts, keys, project, shapes

from leaktight.catalog.declaration import Origin
from leaktight.catalog.table import Table

HEAD = """from __future__ import annotations
import datetime, enum, uuid
from typing import Annotated, ClassVar, Optional
import sqlalchemy as sa
from sqlalchemy import Column, ForeignKey, Index, Integer, MetaData, String, Table, Text, UniqueConstraint, func, text
from sqlalchemy.orm import DeclarativeBase, Mapped, declarative_base, declared_attr, mapped_column, relationship
from sqlmodel import Field, SQLModel
Base = declarative_base()
metadata = MetaData()
"""
OLD = "class {name}(Base):\n    __tablename__ = '{name}'\n    id = Column(Integer, primary_key=True)\n"


def tables(code: str, path: str = "shop/models.py") -> dict[str, Table]:
    found = declared(path, HEAD + code)
    assert {item.origin for item in found.values()} <= {Origin.MODEL}
    return {name: item.table for name, item in found.items()}


def only(code: str) -> Table:
    (table,) = tables(code).values()
    return table


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        ("Column(sa.BigInteger)", ("BIGINT", True)),
        ("Column(String)", ("VARCHAR", True)),
        ("Column(String(40), nullable=False)", ("VARCHAR(40)", False)),
        ("Column(sa.Unicode(length=9))", ("VARCHAR(9)", True)),
        ("Column(sa.Numeric(10))", ("NUMERIC(10)", True)),
        ("Column(sa.Numeric(asdecimal=False))", ("NUMERIC", True)),
        ("Column(sa.DateTime())", ("TIMESTAMP", True)),
        ("Column(sa.DateTime(timezone=True))", ("TIMESTAMPTZ", True)),
        ("Column(sa.DateTime(timezone=ZONED))", (None, True)),
        ("Column(sa.ARRAY(sa.Text))", ("TEXT[]", True)),
        ("Column(sa.Enum('a', 'b', name='state'))", ("STATE", True)),
        ("Column(sa.Enum(State))", ("STATE", True)),
        ("Column(sa.Enum('a', native_enum=False, length=5))", ("VARCHAR(5)", True)),
        ("Column(sa.LargeBinary)", ("BYTEA", True)),
        ("Column(sa.Uuid, nullable=NULLS)", ("UUID", None)),
        ("Column(Money())", (None, True)),
        ("Column(their.Type(3))", (None, True)),
        ("Column('x', Text, key='y')", ("TEXT", True)),
        ("Column(type_=Text)", ("TEXT", True)),
        ("sa.Column(LONG, nullable=False)", ("VARCHAR(99)", False)),
    ],
)
def test_types_and_nullability(column: str, expected: tuple[str | None, bool | None]) -> None:
    more = "LONG = String(99)\nclass Money(sa.types.TypeDecorator):\n    impl = sa.Numeric\n"
    table = only(more + OLD.format(name="t") + f"    x = {column}\n")
    assert shapes(table) == {"id": ("INTEGER", False), "x": expected}
    assert table.complete


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        ("Mapped[int]", ("INTEGER", False)),
        ("Mapped[Optional[int]]", ("INTEGER", True)),
        ("Mapped[int | None]", ("INTEGER", True)),
        ("'Mapped[str]'", ("VARCHAR", False)),
        ("Mapped['str | None']", ("VARCHAR", True)),
        ("Mapped[datetime.date]", ("DATE", False)),
        ("Mapped[datetime.datetime]", ("TIMESTAMP", False)),
        ("Mapped[uuid.UUID]", ("UUID", False)),
        ("Mapped[State]", ("STATE", False)),
        ("Mapped[their.Kind]", (None, False)),
        ("Mapped[str] = mapped_column(nullable=True)", ("VARCHAR", True)),
        ("Mapped[str] = mapped_column(String(7))", ("VARCHAR(7)", False)),
        ("Mapped[str | None] = mapped_column(Text, index=True)", ("TEXT", True)),
        ("Mapped[short]", ("VARCHAR(3)", False)),
        ("Mapped[Optional[short]]", ("VARCHAR(3)", True)),
        ("Mapped[str] = mapped_column('x', their.Type)", (None, False)),
    ],
)
def test_annotated_columns(column: str, expected: tuple[str | None, bool | None]) -> None:
    table = only(
        "class Own(DeclarativeBase):\n    pass\nshort = Annotated[str, mapped_column(String(3))]\n"
        "class State(enum.Enum):\n    A = 1\n"
        "class T(Own):\n    __tablename__ = 't'\n    id: Mapped[int] = mapped_column(primary_key=True)\n"
        f"    x: {column}\n"
    )
    assert shapes(table) == {"id": ("INTEGER", False), "x": expected}


def test_what_is_no_column_of_a_model() -> None:
    table = only(
        OLD.format(name="t")
        + """    lines = relationship("Line")
    kinds: ClassVar[list[str]] = []
    label = "words"
    def total(self): ...
    @property
    def short(self): ...
    @declared_attr
    def made(cls): return Column(Text)
    @declared_attr
    def others(cls): return relationship("Other")
"""
    )
    assert set(table.columns) == {"id", "made"}


def test_a_column_has_its_own_name_and_the_places_of_its_facts() -> None:
    table = only(
        OLD.format(name="t")
        + "    kind = Column('kind_code', Text, comment='what it is', server_default=text(\"'x'\"))\n"
    )
    kind = table.columns["kind_code"]
    assert (kind.name, kind.comment, kind.default) == ("kind_code", "what it is", "'x'")
    assert kind.location is not None
    assert table.location is not None
    line = len(HEAD.splitlines())
    assert (kind.location.path, kind.location.start.line, table.location.start.line) == (
        "shop/models.py",
        line + 4,
        line + 2,
    )


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("id = Column(Integer, primary_key=True)", True),
        ("id = Column(Integer, primary_key=True, autoincrement=False)", False),
        ("id = Column(Integer, sa.Identity(), primary_key=True)", True),
        ("id = Column(Text, primary_key=True)", False),
        ("id = Column(Integer, ForeignKey('u.id'), primary_key=True)", False),
        ("id = Column(Integer, primary_key=True)\n    n = Column(Integer, primary_key=True)", False),
    ],
)
def test_a_single_number_that_is_the_key_counts_up(code: str, expected: bool) -> None:
    table = only(f"class T(Base):\n    __tablename__ = 't'\n    {code}\n")
    assert table.columns["id"].generated is expected


def test_keys_and_indexes_of_columns_and_of_the_table() -> None:
    table = only(
        """class T(Base):
    __tablename__ = "t"
    a = Column(Integer, primary_key=True)
    b = Column(Integer, primary_key=True)
    c = Column(Text, unique=True)
    d = Column(Text, index=True)
    e = Column(Text, unique=True, index=True)
    __table_args__ = (
        UniqueConstraint("c", d, name="u_cd"),
        sa.ForeignKeyConstraint(["a", "b"], ["other.x", "other.y"]),
        sa.CheckConstraint("a > 0"),
        Index("low", func.lower(c).desc(), unique=True),
        Index("some", c.desc(), postgresql_where=text("d IS NULL"), postgresql_using="gin", postgresql_include=["e"]),
        Index("unclear", *columns),
    )
"""
    )
    assert table.complete
    assert [check.condition for check in table.checks] == ["a > 0"]
    assert keys(table) == {
        ("primary", ("a", "b"), ""),
        ("unique", ("c",), ""),
        ("unique", ("c", "d"), ""),
        ("foreign", ("a", "b"), "other(x, y)"),
    }
    assert [index_facts(index) for index in table.indexes] == [
        ("ix_t_d", ("d",), False),
        ("ix_t_e", ("e",), True),
        ("low", ("lower(c)",), True),
        ("some", ("c",), False),
    ]
    some = table.indexes[-1]
    assert (some.predicate, some.method, some.included) == ("d IS NULL", "gin", ("e",))


def test_mixins_and_abstract_bases_give_their_columns_to_each_model() -> None:
    found = tables(
        """class Timed:
    made_at = Column(sa.DateTime)
class Entity(Base):
    __abstract__ = True
    id = Column(Integer, primary_key=True)
class One(Timed, Entity):
    __tablename__ = "one"
class Two(Entity):
    __tablename__ = "two"
    id = Column(Text, primary_key=True)
"""
    )
    assert {name: shapes(table) for name, table in found.items()} == {
        "one": {"id": ("INTEGER", False), "made_at": ("TIMESTAMP", True)},
        "two": {"id": ("TEXT", False)},
    }
    assert all(table.complete for table in found.values())


@pytest.mark.parametrize(
    "code",
    [
        "class T(Elsewhere, Base):\n    __tablename__ = 't'\n    id = Column(Integer, primary_key=True)\n",
        "class T(Base):\n    __tablename__ = 't'\n    x = Column(Integer)\n",
        "t = Table('t', metadata, Column('id', Integer), *more)\n",
        "t = Table('t', metadata, Column('id', Integer), audit_column())\n",
        "t = Table('t', metadata, Column('id', Integer), autoload_with=engine)\n",
        "t = Table('t', metadata, Column('id', Integer), Column(NAME, Integer))\n",
    ],
    ids=["a base of another module", "no key", "more columns", "made columns", "reflected", "a name that is not known"],
)
def test_what_is_not_all_known_is_not_complete(code: str) -> None:
    assert not only(code).complete


@pytest.mark.parametrize(
    "code",
    [
        "class T(Base):\n    id = Column(Integer, primary_key=True)\n",
        "class T(Base):\n    __abstract__ = True\n    __tablename__ = 't'\n    id = Column(Integer, primary_key=True)\n",
        "class T(Base):\n    __tablename__ = make_name()\n    id = Column(Integer, primary_key=True)\n",
        "class T(Base):\n    __tablename__ = 't'\n    __table_args__ = {'schema': SCHEMA}\n    id = Column(Integer, primary_key=True)\n",
        "class T:\n    __tablename__ = 't'\n",
        "class T(Base):\n    __table__ = Table(name, metadata, Column('id', Integer))\n",
        "class T(SQLModel):\n    id: int = Field(primary_key=True)\n",
        "t = Table(name, metadata, Column('id', Integer))\n",
        "t = Table('t', metadata, Column('id', Integer), schema=SCHEMA)\n",
        "def make():\n    return Table('t', metadata, Column('id', Integer))\n",
        "revision = 'a'\ndown_revision = None\nt = Table('t', metadata, Column('id', Integer))\n",
        "import rich.table\nt = rich.table.Table('title', 'more')\n",
    ],
    ids=[
        "no name", "abstract", "a made name", "a schema that is not known", "no columns", "a table of a made name",
        "SQLModel without table", "a Table of a made name", "a Table of an unknown schema", "made in a function",
        "in a migration", "another Table",
    ],
)  # fmt: skip
def test_what_is_no_table(code: str) -> None:
    assert tables(code) == {}
    assert set(tables(code + OLD.format(name="real"))) <= {"real"}


@pytest.mark.parametrize(
    ("code", "name"),
    [
        (OLD.format(name="t") + "    __table_args__ = {'schema': 'shop'}\n", "shop.t"),
        (OLD.format(name="t") + "    __table_args__ = (UniqueConstraint('id'), dict(schema='shop'))\n", "shop.t"),
        ("SHOP = 'shop'\n" + OLD.format(name="t") + "    __table_args__ = {'schema': SHOP}\n", "shop.t"),
        ("Own = declarative_base(metadata=MetaData(schema='shop'))\n" + OLD.replace("Base", "Own").format(name="t"), "shop.t"),
        ("class Own(DeclarativeBase):\n    metadata = MetaData(schema='shop')\n" + OLD.replace("Base", "Own").format(name="t"), "shop.t"),
        ("own = MetaData('shop')\nt = Table('t', own, Column('id', Integer))\n", "t"),
        ("own = MetaData(schema='shop')\nt = Table('t', own, Column('id', Integer))\n", "shop.t"),
        ("own = MetaData(schema='shop')\nt = Table('t', own, Column('id', Integer), schema='crm')\n", "crm.t"),
        ("t = Table('t', metadata, Column('id', Integer), schema='db.shop')\n", "db.shop.t"),
        ("PREFIX = 'app_'\nclass T(Base):\n    __tablename__ = f'{PREFIX}t'\n    id = Column(Integer, primary_key=True)\n", "app_t"),
        ("class Order(SQLModel, table=True):\n    id: int = Field(primary_key=True)\n", "order"),
        ("from app import db\nclass OrderLine(db.Model):\n    id = db.Column(db.Integer, primary_key=True)\n", "order_line"),
        ("from app import db\nt = db.Table('t', db.Column('id', db.Integer))\n", "t"),
    ],
)  # fmt: skip
def test_names_and_schemas(code: str, name: str) -> None:
    assert list(tables(code)) == [name]


def test_a_key_to_a_class_or_a_column_is_one_to_its_table() -> None:
    found = tables(
        OLD.format(name="users")
        + OLD.format(name="orders")
        + """    user_id = Column(ForeignKey("users.id", ondelete="CASCADE"))
    buyer_id = Column(Integer, ForeignKey(users.id))
    far_id = Column(Integer, ForeignKey("crm.people.id"))
    odd_id = Column(Integer, ForeignKey(anything))
"""
    )
    assert {key for key in keys(found["orders"]) if key[0] == "foreign"} == {
        ("foreign", ("user_id",), "users(id)"),
        ("foreign", ("buyer_id",), "users(id)"),
        ("foreign", ("far_id",), "crm.people(id)"),
    }


def test_a_column_without_type_has_that_of_the_column_it_refers_to() -> None:
    catalog = project(
        {
            "a.py": HEAD
            + "class C(Base):\n    __tablename__ = 'c'\n    id = Column(ForeignKey('b.id'), primary_key=True)\n",
            "b.py": HEAD
            + "class B(Base):\n    __tablename__ = 'b'\n    id = Column(ForeignKey('u.id'), primary_key=True)\n",
            "u.py": HEAD
            + "class U(Base):\n    __tablename__ = 'u'\n    id = Column(sa.BigInteger, primary_key=True)\n",
        }
    )
    assert {str(table.name): table.columns["id"].type for table in catalog} == {
        "u": "BIGINT",
        "b": "BIGINT",
        "c": "BIGINT",
    }


def test_migrations_count_more_than_models_and_are_filled_in_by_them() -> None:
    migration = """from alembic import op
import sqlalchemy as sa
revision = "a"
down_revision = None
def upgrade():
    op.create_table("t", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("x", sa.String(10)))
"""
    model = HEAD + OLD.format(name="t") + "    x = Column(String(20), comment='what it is', nullable=False)\n"
    catalog = project({"versions/a.py": migration, "models.py": model})
    (table,) = catalog
    assert (table.columns["x"].type, table.columns["x"].comment) == ("VARCHAR(10)", "what it is")
    assert [(item.fact, item.kept, item.other) for item in catalog.contradictions] == [
        ("type", "VARCHAR(10)", "VARCHAR(20)"),
        ("nullable", True, False),
    ]


NAMES = "".join(f"a{i + 1} = f'{{a{i}}}{{a{i}}}'\n" for i in range(60))
CHAIN = "".join(f"class T{i + 1}(T{i}):\n    c{i} = Column(Text)\n" for i in range(200))


@pytest.mark.parametrize(
    "code",
    [
        "a0 = 'x'\n" + NAMES + "class T(Base):\n    __tablename__ = a60\n    id = Column(Integer, primary_key=True)\n",
        "a = f'{a}{a}'\nclass T(Base):\n    __tablename__ = a\n    id = Column(Integer, primary_key=True)\n",
        "class A(B):\n    __tablename__ = 'a'\n    id = Column(Integer, primary_key=True)\nclass B(A):\n    x = Column(Text)\n",
        "class A(A):\n    __tablename__ = 'a'\n    id = Column(Integer, primary_key=True)\n",
        OLD.format(name="T0") + CHAIN,
        "x = func.f(" + "x, " * 200 + ")\n" + OLD.format(name="t") + "    __table_args__ = (Index('i', x),)\n",
        OLD.format(name="t") + "    x = Column(" + "sa.ARRAY(" * 80 + "Text" + ")" * 80 + ")\n",
        OLD.format(name="t") + "    x = Column()\n    y = Column('')\n    z = Column(None)\n    __table_args__ = ()\n",
        "class T(Base):\n    __tablename__ = ''\n    id = Column()\n",
        "t = Table('', metadata, Column('id', Integer))\nu = Table()\nv = Table('v', Column())\n",
        "class T(Base):\n    __tablename__: str = 't'\n    x: Mapped[" + "Optional[" * 60 + "int" + "]" * 60 + "]\n",
    ],
    ids=["laughs", "itself", "circle", "own base", "chain", "function", "deep", "empty", "nothing", "no names", "optional"],
)  # fmt: skip
def test_hostile_code_ends_soon(code: str) -> None:
    start = time.perf_counter()
    facts("models.py", HEAD + code)
    assert time.perf_counter() - start < 20


def test_indexes_beside_the_class() -> None:
    found = tables(
        OLD.format(name="users")
        + """    email = Column("mail", String(90))
    team: Mapped[int]
people = Table("people", metadata, Column("x", Integer), Column("y", Integer))
Index("ix_mail", func.lower(users.email), unique=True)
Index("ix_team", users.team.desc(), users.email)
ix = sa.Index("ix_xy", people.c.x, people.columns["y"])
Index("of_two", users.email, people.c.x)
Index("of_another", others.email)
"""
    )
    assert [(i.name, i.columns, i.unique) for i in found["users"].indexes] == [
        ("ix_mail", ("lower(mail)",), True),
        ("ix_team", ("team", "mail"), False),
    ]
    assert [(i.name, i.columns) for i in found["people"].indexes] == [("ix_xy", ("x", "y"))]


def test_classes_that_share_a_table() -> None:
    (table,) = tables(
        OLD.format(name="people")
        + """class Boss(people):
    level = Column(Integer, index=True)
class Chief(Boss):
    title: Mapped[Optional[str]] = mapped_column(String(5))
"""
    ).values()
    assert " ".join(table.columns) == "id level title"
    assert table.complete
    assert [index.columns for index in table.indexes] == [("level",)]
    assert len(table.keys) == 1


def test_a_class_with_a_table_of_its_own_shares_none() -> None:
    found = tables(
        OLD.format(name="people")
        + """class Boss(people):
    __tablename__ = "bosses"
    id = Column(ForeignKey("people.id"), primary_key=True)
    level = Column(Integer)
"""
    )
    assert {name: " ".join(table.columns) for name, table in found.items()} == {"people": "id", "bosses": "id level"}
