"""Doubtful cases of `unclassified-pii`: what classifies, how many findings there are, and how loud they are."""

from __future__ import annotations

import pytest

from leaktight.diagnostics import Severity
from leaktight_rules.governance.unclassified_pii import UnclassifiedPii

CLIENTS = "create table clients (id bigint primary key, email text, phone text);"


def test_one_finding_for_a_table(check) -> None:
    (found,) = check(UnclassifiedPii(), CLIENTS)
    assert "`email` and `phone` of `clients` are personal (email address, phone number)" in found.message


@pytest.mark.parametrize(
    ("sql", "dialect"),
    [
        ("create table clients (id bigint, email text); comment on column clients.email is 'PII';", "postgres"),
        ("create table clients (id bigint, email text); comment on table clients is 'Personal data.';", "postgres"),
        ("create table clients (id number, email varchar with masking policy m)", "snowflake"),
        ("create table clients (id number, email varchar tag (governance.pii = 'email'))", "snowflake"),
        ("create table clients (id int, email varchar(99) masked with (function = 'email()'))", "tsql"),
        ("create table clients (id int, email varchar(99) encrypted with (encryption_type = randomized))", "tsql"),
        ("create table clients (id int64, email string options (description = 'confidential'))", "bigquery"),
        ("create temp table clients (id bigint, email text)", "postgres"),
        ("create table clients (id bigint, email_hash bytea, phone_masked text)", "postgres"),
        ("create view clients as select email from users", "postgres"),
    ],
)
def test_left_alone(check, sql: str, dialect: str) -> None:
    assert check(UnclassifiedPii(), sql, dialect=dialect) == []


def test_a_tag_of_another_kind_is_no_classification(check) -> None:
    sql = "create table clients (id number, email varchar tag (cost.centre = 'web'))"
    assert len(check(UnclassifiedPii(), sql, dialect="snowflake")) == 1


@pytest.mark.parametrize("path", ["tests/schema.sql", "fixtures/clients.sql"])
def test_tests_and_fixtures_hold_nobody(check, path: str) -> None:
    assert check(UnclassifiedPii(), CLIENTS, path=path) == []


def test_a_dump_of_many_tables_has_one_finding(check) -> None:
    few = "".join(f"create table t{number} (id bigint primary key, email text);" for number in range(10))
    assert len(check(UnclassifiedPii(), few)) == 10
    many = few + "create table last (id bigint primary key, email text);"
    (found,) = check(UnclassifiedPii(), many)
    assert found.message.startswith("11 tables of this file hold personal columns")
    assert len(found.message) < 200


def test_it_is_louder_where_the_project_classifies_anything(check) -> None:
    (quiet,) = check(UnclassifiedPii(), CLIENTS)
    other = "create table a (id number, email varchar masking policy m)"
    (loud,) = check(UnclassifiedPii(), CLIENTS, dialect="snowflake", **{"ddl__other.sql": other})
    assert (quiet.severity, loud.severity) == (Severity.NOTE, Severity.WARNING)
