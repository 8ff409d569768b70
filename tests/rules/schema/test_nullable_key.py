"""Which columns of a unique key may be NULL, for `nullable-key`."""

from __future__ import annotations

import pytest

from leaktight_rules.schema.nullable_key import NullableKey

TABLE = "create table p (id int primary key, a int{}, b int not null, unique (a, b));"


@pytest.mark.parametrize(
    ("dialect", "nullable", "found"),
    [
        ("postgres", "", True),
        ("mysql", "", True),
        ("sqlite", "", True),
        ("postgres", " not null", False),
        ("tsql", "", False),
        ("oracle", "", False),
    ],
)
def test_engines_that_count_nulls_as_different(check, dialect: str, nullable: str, found: bool) -> None:
    assert len(check(NullableKey(), TABLE.format(nullable), dialect=dialect)) == found


@pytest.mark.parametrize(
    ("beside", "found"),
    [
        ("create unique index i on p (b) where a is null;", False),
        ("create unique index i on p (coalesce(a, 0), b);", False),
        ("create unique index i on p (b);", False),
        ("create unique index i on p (lower(b));", False),
        ("create unique index i on p (lower('x'));", True),
        ("create unique index i on p (lower(a), b);", True),
        ("alter table p add check (a is not null or b > 7);", False),
        ("alter table p add check (a > 7);", True),
        ("create index i on p (b) where a is null;", True),
        ("create unique index i on p (b) where b > 7;", True),
        ("create unique index i on p (id, b);", True),
    ],
)
def test_another_index_guards_the_rows_with_null(check, beside: str, found: bool) -> None:
    assert len(check(NullableKey(), TABLE.format("") + beside)) == found


@pytest.mark.parametrize(("condition", "found"), [("Q(('shop', None))", 0), ("Q(shop=None)", 0), ("Q(no=1)", 1)])
def test_what_a_condition_of_django_guards(check, condition: str, found: int) -> None:
    text = f"""
from django.db import models
from django.db.models import Q

class Deal(models.Model):
    no = models.IntegerField()
    shop = models.ForeignKey('Shop', models.CASCADE, null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=['no', 'shop'], name='with_shop'),
            models.UniqueConstraint(fields=['no'], condition={condition}, name='without_shop'),
        ]
"""
    files = {"manage.py": "", "crm/__init__.py": ""}
    assert len(check(NullableKey(), text, path="crm/models.py", **files)) == found


def test_of_two_keys_the_shorter_one_is_told(check) -> None:
    sql = "create table p (id int primary key, a int, b int, c int not null, unique (a, b, c)); {}"
    assert [one.message[:4] for one in check(NullableKey(), sql.format(""))] == ["`a` "]
    (found,) = check(NullableKey(), sql.format("create unique index i on p (b, c);"))
    assert found.message.startswith("`b` may be NULL")


@pytest.mark.parametrize(
    ("columns", "found"),
    [
        ("phone text unique", True),
        ("id bigint primary key, phone text unique", False),
        ("id bigint unique, phone text unique", True),
        ("phone text unique, email text unique", False),
    ],
)
def test_a_key_of_one_column(check, columns: str, found: bool) -> None:
    assert len(check(NullableKey(), f"create table p ({columns});")) == found


@pytest.mark.parametrize(
    ("columns", "found"),
    [
        ("pending_course int, pending_user text, unique (pending_course, pending_user)", False),
        ("external_id text, shop int, unique (external_id, shop)", True),
        ("sequence_id int, number_in_sequence int, unique (sequence_id, number_in_sequence)", False),
        ("shop_id int, user_id int, unique (shop_id, user_id)", True),
        ("shop int not null, key text, unique (shop, key)", False),
        ("shop int not null, single_use_id text, unique (shop, single_use_id)", False),
        ("shop int not null, colour text, unique (shop, colour)", True),
        ("course int, member int, unique (course, member)", True),
    ],
)
def test_names_that_a_row_may_have_besides_its_own(check, columns: str, found: bool) -> None:
    assert len(check(NullableKey(), f"create table p (id int primary key, {columns});")) == found


def test_the_place_of_a_key_that_another_file_makes(check) -> None:
    later = "create unique index i on p (a, b);"
    (one,) = check(
        NullableKey(),
        "create table p (id int primary key, a int, b int not null);",
        path="migrations/001_a.sql",
        **{"migrations/002_b.sql": later},
    )
    assert [(related.location.path, related.message) for related in one.related] == [
        ("migrations/001_a.sql", "`a` is not declared `NOT NULL`"),
        ("migrations/002_b.sql", "the key is made here"),
    ]


@pytest.mark.parametrize(
    ("keys", "found"),
    [
        ("unique (rule, a)", 1),
        ("unique (rule, a), unique (rule, b)", 0),
        ("unique (rule, a), unique (b, c)", 2),
        ("unique (rule, a), unique (rule, c)", 0),
        ("unique (rule, a), unique (c)", 1),
    ],
)
def test_a_row_about_one_of_several_things(check, keys: str, found: int) -> None:
    columns = "id int primary key, rule int not null, a int, b int, c int not null"
    assert len(check(NullableKey(), f"create table p ({columns}, {keys});")) == found
