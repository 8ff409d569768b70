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
        ("create index i on p (b) where a is null;", True),
        ("create unique index i on p (b) where b > 7;", True),
        ("create unique index i on p (id, b);", True),
    ],
)
def test_another_index_guards_the_rows_with_null(check, beside: str, found: bool) -> None:
    assert len(check(NullableKey(), TABLE.format("") + beside)) == found


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
