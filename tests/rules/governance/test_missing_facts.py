"""Doubtful cases of `missing-owner`, `missing-retention` and `missing-description`: which project is asked for more."""

from __future__ import annotations

import pytest

from leaktight_rules.governance.missing_description import MissingDescription
from leaktight_rules.governance.missing_owner import MissingOwner
from leaktight_rules.governance.missing_retention import MissingRetention
from leaktight_rules.governance.unclassified_pii import UnclassifiedPii

CLIENTS = "create table clients (id bigint primary key, email text);"


@pytest.mark.parametrize("rule", [MissingOwner, MissingRetention, MissingDescription])
def test_a_project_that_says_nothing_is_asked_only_if_strict(check, rule) -> None:
    assert check(rule(), CLIENTS) == []
    assert len(check(rule(strict=True), CLIENTS)) == 1


@pytest.mark.parametrize("rule", [MissingOwner, MissingRetention, MissingDescription])
def test_staging_partitions_and_fixtures_are_left_alone(check, rule) -> None:
    strict = rule(strict=True)
    assert check(strict, "create temp table clients (id bigint, email text);") == []
    assert check(strict, CLIENTS, path="fixtures/a.sql") == []
    parent = "create table p (id bigint, email text) partition by range (id);"
    part = "create table p1 partition of p for values from (1) to (9);"
    assert len(check(strict, parent + part)) == 1
    assert "p1" not in check(strict, parent + part)[0].message


def test_a_project_that_describes_its_tables_is_asked_for_the_rest(check) -> None:
    described = "".join(f"create table t{n} (id bigint); comment on table t{n} is 'Rows of {n}.';" for n in range(3))
    (found,) = check(MissingDescription(), described + CLIENTS)
    assert found.message == "`clients` has no description, which 3 of the 4 tables of its folder have"
    bare = "".join(f"create table u{n} (id bigint);" for n in range(20))
    assert check(MissingDescription(), described + bare) == []


@pytest.mark.parametrize(
    ("described", "of", "found"), [(3, 4, True), (2, 3, False), (1, 4, False), (0, 3, False), (3, 3, False)]
)
def test_columns_are_asked_for_where_most_are_described(check, described: int, of: int, found: bool) -> None:
    said = " options (description = 'x')"
    columns = ", ".join(f"c{n} int64{said if n < described else ''}" for n in range(of))
    sql = f"create table d.orders ({columns}) options (description = 'Orders');"
    assert len(check(MissingDescription(), sql, dialect="bigquery")) == found


@pytest.mark.parametrize(
    ("column", "found"),
    [("id", 0), ("description", 0), ("created_at", 0), ("updateTime", 0), ("order_id", 1), ("paid_at", 1), ("created_by", 1)],
)  # fmt: skip
def test_names_that_say_all(check, column: str, found: int) -> None:
    sql = f"create table t (a int comment 'x', b int comment 'x', c int comment 'x', {column} int) comment 'Rows'"
    assert len(check(MissingDescription(), sql, dialect="hive")) == found


def test_names_that_say_all_are_not_counted_as_described(check) -> None:
    sql = "create table t (a int comment 'x', e int comment 'x', b int, c int{} created_at date, update_time date) comment 'Rows'"
    assert check(MissingDescription(), sql.format(" comment 'x', id int,"), dialect="hive") != []
    assert check(MissingDescription(), sql.format(", id int,"), dialect="hive") == []


def test_what_a_table_is_partitioned_by_needs_no_words(check) -> None:
    columns = "a int comment 'x', b int comment 'x', c int comment 'x'"
    hive = f"create table t ({columns}{{}}) comment 'Rows' partitioned by (year int, month int)"
    assert check(MissingDescription(), hive.format(""), dialect="hive") == []
    assert len(check(MissingDescription(), hive.format(", d int"), dialect="hive")) == 1


@pytest.mark.parametrize(
    ("sql", "dialect", "found"),
    [
        (
            "create table v (day date, ip string) options (expiration_timestamp = timestamp '2027-01-01')",
            "bigquery",
            False,
        ),
        (
            "create table v (day DateTime, ip String) engine = MergeTree order by day ttl day + interval 90 day",
            "clickhouse",
            False,
        ),
        ("create table v (day DateTime, ip String) engine = MergeTree order by day", "clickhouse", True),
        ("create table orders (id bigint, total numeric)", "postgres", False),
    ],
)
def test_retention_by_the_engine(check, sql: str, dialect: str, found: bool) -> None:
    assert len(check(MissingRetention(strict=True), sql, dialect=dialect)) == found


def test_a_file_has_one_finding(check) -> None:
    many = "".join(f"create table t{number} (id bigint primary key, email text);" for number in range(500))
    for rule in (MissingOwner(strict=True), MissingRetention(strict=True), MissingDescription(strict=True)):
        (found,) = check(rule, many)
        assert found.message.startswith("500 tables")


PROPERTIES = """version: 2
models:
  - {name: leads, description: Leads., meta: {owner: sales}, columns: [{name: lead_id, description: Key.}]}
  - {name: asks, description: Asks., meta: {owner: sales}}
  - {name: bids, description: Bids., meta: {owner: sales}}
  - {name: deals, columns: [{name: deal_id}]}
"""


@pytest.mark.parametrize("rule", [MissingOwner, MissingDescription])
@pytest.mark.parametrize(
    ("path", "found"), [("models/deals.sql", 1), ("models/leads.sql", 0), ("models/stg_deals.sql", 0)]
)
def test_models_of_dbt_stand_for_the_tables_that_they_make(check, rule, path: str, found: int) -> None:
    text = "select 1 as deal_id" if "deals" in path else "select 1 as lead_id"
    others = {
        name: "select 1 as n"
        for name in ("models/leads.sql", "models/asks.sql", "models/bids.sql", "models/deals.sql")
        if name != path
    }
    files = {"dbt_project.yml": "name: crm\n", "models/models.yml": PROPERTIES, **others}
    told = check(rule(), text, path=path, **files)
    assert [one.message.split()[0] for one in told] == ["`deals`"] * found


@pytest.mark.parametrize(("made", "found"), [("table", 1), ("view", 1), ("ephemeral", 0)])
def test_a_model_for_which_nothing_is_built_has_no_owner(check, made: str, found: int) -> None:
    text = f"{{{{ config(materialized='{made}') }}}}\nselect 1 as deal_id"
    assert (
        len(check(MissingOwner(strict=True), text, path="models/deals.sql", **{"dbt_project.yml": "name: crm\n"}))
        == found
    )


@pytest.mark.parametrize(
    ("above", "found"),
    [
        ("{# leaktight: ignore[missing-owner] it goes next week #}", 0),
        ("{# The deals. #}\n-- leaktight: ignore[missing-owner] it goes next week", 0),
        ("{# leaktight: ignore[missing-retention] it goes next week #}", 1),
        ("", 1),
    ],
)
def test_a_comment_above_a_model_silences_what_is_told_of_it(check, above: str, found: int) -> None:
    text = f"{above}\nselect 1 as deal_id"
    told = check(MissingOwner(strict=True), text, path="models/deals.sql", **{"dbt_project.yml": "name: crm\n"})
    assert [one.rule for one in told if one.rule != "unused-suppression"] == ["missing-owner"] * found


@pytest.mark.parametrize(("made", "found"), [("table", 1), ("incremental", 1), ("view", 0), ("ephemeral", 0)])
def test_what_dbt_stores_of_people_has_a_retention(check, made: str, found: int) -> None:
    text = f"{{{{ config(materialized='{made}') }}}}\nselect email from {{{{ source('crm', 'leads') }}}}"
    told = check(MissingRetention(strict=True), text, path="models/leads.sql", **{"dbt_project.yml": "name: crm\n"})
    assert len(told) == found


DESCRIBED = """
models:
  - name: deals
    columns: [{name: deal_no, description: N.}, {name: total, description: N.}, {name: margin, description: N.}]
  - name: best_deals
    columns: [{name: deal_no, description: N.}, {name: total, description: N.}, {name: margin, description: N.}]
"""


@pytest.mark.parametrize(
    ("text", "found"),
    [("select * from {{ ref('deals') }}", 0), ("select deal_no, total, margin, region from {{ ref('deals') }}", 1)],
)
def test_a_column_that_a_star_passes_on_is_described_where_it_comes_from(check, text: str, found: int) -> None:
    deals = "select 1 as deal_no, 2 as total, 3 as margin, 'x' as region"
    files = {"dbt_project.yml": "name: crm\n", "models/models.yml": DESCRIBED, "models/deals.sql": deals}
    told = check(MissingDescription(), text, path="models/best_deals.sql", **files)
    assert len([one for one in told if "`region`" in one.message]) == found


def test_the_foreign_key_of_a_class_is_no_column_that_a_star_passes_on(check) -> None:
    columns = ["no = models.TextField()"]
    columns += [f"{name} = models.ForeignKey('Shop', models.CASCADE)" for name in ("shop", "payer", "seller")]
    text = "from django.db import models\n\nclass Deal(models.Model):\n    " + "\n    ".join(columns) + "\n"
    files = {"manage.py": "", "crm/__init__.py": ""}
    assert check(MissingDescription(), text, path="crm/models.py", **files) == []


def test_a_personal_column_that_a_star_passes_on_is_told_where_it_comes_from(check) -> None:
    files = {"dbt_project.yml": "name: crm\n", "models/people.sql": "select cast(x as string) as email from y"}
    told = check(UnclassifiedPii(), "select * from {{ ref('people') }}", path="models/all_people.sql", **files)
    assert told == []
    files["models/all_people.sql"] = "select 1 as n"
    assert check(UnclassifiedPii(), files.pop("models/people.sql"), path="models/people.sql", **files) != []


def test_a_description_that_a_template_fills_in_is_one(check) -> None:
    said = "{name: deals, description: \"{{ doc('deals') }}\", columns: [{name: n, description: \"{{ doc('n') }}\"}]}"
    properties = (
        f"models:\n  - {said}\n  - {{name: leads, description: Leads.}}\n  - {{name: asks, description: Asks.}}\n"
        "  - {name: bids, description: Bids.}\n"
    )
    files = {"dbt_project.yml": "name: crm\n", "models/models.yml": properties, "models/leads.sql": "select 1 as n"}
    files |= {f"models/{name}.sql": "select 1 as n" for name in ("asks", "bids")}
    assert check(MissingDescription(), "select 1 as n", path="models/deals.sql", **files) == []
    files["models/models.yml"] = properties.replace("description: \"{{ doc('deals') }}\", ", "")
    assert len(check(MissingDescription(), "select 1 as n", path="models/deals.sql", **files)) == 1


@pytest.mark.parametrize(
    ("rule", "fact"), [(MissingOwner, "meta: {owner: sales}"), (MissingDescription, "description: A.")]
)
@pytest.mark.parametrize(("others", "found"), [(2, 0), (3, 1)])
def test_two_tables_make_no_habit_of_a_folder(check, rule, fact: str, others: int, found: int) -> None:
    names = [f"t{number}" for number in range(others)]
    properties = "models:\n" + "".join(f"  - {{name: {name}, {fact}}}\n" for name in names)
    files = {"dbt_project.yml": "name: crm\n", "models/models.yml": properties}
    files |= {f"models/{name}.sql": "select 1 as n" for name in names}
    assert len(check(rule(), "select 1 as n", path="models/deals.sql", **files)) == found


@pytest.mark.parametrize(("comment", "found"), [("-- PII, masked by a policy", 0), ("-- the name, trimmed", 1)])
def test_a_comment_that_speaks_of_what_is_personal(check, comment: str, found: int) -> None:
    text = f"create table people (\n  id int primary key,\n  {comment}\n  first_name text,\n  last_name text\n);"
    assert len(check(UnclassifiedPii(), text, path="ddl/people.sql")) == found
