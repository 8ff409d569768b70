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
    assert len(check(UnclassifiedPii(strict=True), few)) == 10
    many = few + "create table last (id bigint primary key, email text);"
    (found,) = check(UnclassifiedPii(), many)
    assert found.message.startswith("11 tables of this file hold personal columns")
    assert len(found.message) < 200


def test_it_is_louder_where_the_project_classifies_what_is_personal(check) -> None:
    (quiet,) = check(UnclassifiedPii(), CLIENTS)
    other = "create table a (id number, email varchar masking policy m)"
    (loud,) = check(UnclassifiedPii(), CLIENTS, dialect="snowflake", **{"ddl__other.sql": other})
    assert (quiet.severity, loud.severity) == (Severity.NOTE, Severity.WARNING)


def test_a_project_that_classifies_next_to_nothing_is_told_once(check) -> None:
    sql = "".join(f"create table t{number} (id number, email varchar);" for number in range(20))
    (found,) = check(
        UnclassifiedPii(), sql.replace("t7", "t7 (phone varchar masking policy m, k number); create table u7")
    )
    assert found.severity is Severity.NOTE
    assert found.message.endswith("; the same is so at 1 more place") or "20 tables of this file" in found.message


@pytest.mark.parametrize(
    ("column", "said", "found"),
    [
        ("email", "", True),
        ("email", ", tags: [pii]", False),
        ("email", ", description: PII of the lead", False),
        ("email", ", description: Where to write to.", True),
        ("count_emails", "", False),
        ("is_email", "", False),
        ("contact_emails", "", True),
    ],
)
def test_a_model_of_dbt_is_classified_by_its_properties(check, column: str, said: str, found: bool) -> None:
    properties = f"version: 2\nmodels:\n  - name: leads\n    columns: [{{name: {column}{said}}}]\n"
    files = {"dbt_project.yml": "name: crm\n", "models/models.yml": properties}
    text = f"select {column} from {{{{ source('crm', 'leads') }}}}"
    assert bool(check(UnclassifiedPii(), text, path="models/leads.sql", **files)) == found


@pytest.mark.parametrize(
    "said", ["tags: [pii]", "meta: {classification: pii}", "config: {tags: [pii]}", "config: {meta: {pii: true}}"]
)
def test_what_alone_is_said_of_a_column_of_dbt_counts(check, said: str) -> None:
    properties = f"version: 2\nmodels:\n  - name: leads\n    columns: [{{name: email, {said}}}, {{name: phone_number, tests: [unique]}}]\n"
    files = {"dbt_project.yml": "name: crm\n", "models/models.yml": properties}
    (told,) = check(UnclassifiedPii(), "select email, phone_number from x", path="models/leads.sql", **files)
    assert told.message.startswith("`phone_number` of `leads` is personal")
