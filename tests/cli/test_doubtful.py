"""Sources of tables that are broken, missing or stale: one warning each, and rules that needed them say so."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

Cli = Callable[..., "subprocess.CompletedProcess[bytes]"]

SNAPSHOT = """leaktight-catalog: 1
engine: postgres
tables:
  shop.orders:
    columns:
      id: {type: INT, nullable: false}
      customer_id: {type: INT, nullable: true}
"""
QUERY = "select o.id from shop.customers as o where o.id not in (select customer_id from shop.orders);\n"
BROKEN = SNAPSHOT.replace("columns:", "colums:")


@pytest.fixture
def shop(project: Path) -> Path:
    (project / "leaktight.yaml").write_text(
        "select: [not-in-nullable, unprunable-partition-filter, missing-partition-filter]\n"
    )
    (project / "q.sql").write_text(QUERY)
    (project / "catalog").mkdir()
    return project


def test_a_snapshot_that_can_be_read_decides(cli: Cli, shop: Path) -> None:
    (shop / "catalog" / "shop.yaml").write_text(SNAPSHOT)
    done = cli("check", "--statistics")
    assert b"1  not-in-nullable  " in done.stdout
    assert b"not checked" not in done.stdout
    assert done.stderr == b""


@pytest.mark.parametrize("again", [False, True])
def test_a_broken_source_is_one_warning_and_no_finding(cli: Cli, shop: Path, again: bool) -> None:
    (shop / "catalog" / "shop.yaml").write_text(BROKEN)
    done = cli("check", "--statistics")
    if again:  # what is remembered of the files says the same
        done = cli("check", "--statistics")
    assert done.returncode == 0
    assert done.stderr.decode() == (
        "warning: catalog/shop.yaml tells of no table, for it could not be read: the snapshot of a database is broken in "
        "line 5: a table has no `colums`; did you mean `columns`?\n"
    )
    told = "not checked in 1 file: a source of tables is missing or broken"
    lines = [line for line in done.stdout.decode().splitlines() if "not checked" in line]
    assert [line.split()[1] for line in lines] == [
        "missing-partition-filter", "not-in-nullable", "unprunable-partition-filter",
    ]  # fmt: skip
    assert all(line.endswith(told) for line in lines)
    assert "not checked" not in cli("check").stdout.decode()
    assert cli("check", "-q").stderr == b""
    assert json.loads(cli("check", "--output-format", "json").stdout)["diagnostics"] == []


def test_a_rule_that_knows_its_tables_is_checked(cli: Cli, shop: Path) -> None:
    (shop / "catalog" / "shop.yaml").write_text(BROKEN)
    (shop / "ddl.sql").write_text(
        "create table shop.orders (customer_id int not null); create table shop.customers (id int);\n"
    )
    assert "not checked" not in cli("check", "--statistics").stdout.decode()


def test_a_warning_names_the_line(cli: Cli, shop: Path) -> None:
    (shop / "tables.tf").write_text(
        '# shop\nresource "google_bigquery_table" "t" {\n  table_id = "t"\n  schema = (\n}\n'
    )
    (line,) = cli("check").stderr.decode().splitlines()
    assert line.startswith("warning: tables.tf:")
    assert line.endswith(" tells of no table, for it could not be read: not valid HCL.")


def test_a_result_that_is_no_file_is_said_once(cli: Cli, shop: Path) -> None:
    assert cli("catalog", "import", ".").stderr == b"error: . cannot be read: is a directory.\n"


def test_what_is_no_source_is_no_warning(cli: Cli, shop: Path) -> None:
    (shop / "values.yaml").write_bytes(b"name: \xff\xfe\n")
    (shop / "a.yaml").write_text("a: [\n")
    assert b"warning" not in cli("check", "--statistics").stderr
    assert cli("catalog", "check").returncode == 0


def test_a_source_that_is_configured_and_not_there(cli: Cli, shop: Path) -> None:
    (shop / "leaktight.yaml").write_text("select: [not-in-nullable]\ncatalog: {ddl: ['dumps/*.sql', 'q.sql']}\n")
    done = cli("check", "--statistics")
    assert done.stderr.decode() == (
        "warning: The configuration names dumps/*.sql as a source of tables, and there is no such file.\n"
    )
    assert "-  not-in-nullable  not checked in 1 file" in done.stdout.decode()
    assert cli("catalog", "check").returncode == 1
    (shop / "dumps").mkdir()
    (shop / "dumps" / "a.sql").write_text("select 1;\n")
    assert cli("check").stderr == b""


def test_a_snapshot_that_ddl_has_left_behind(cli: Cli, shop: Path) -> None:
    (shop / "catalog" / "shop.yaml").write_text(SNAPSHOT)
    (shop / "V1.sql").write_text(
        "-- dialect: postgres\nalter table shop.orders add column note text;\ncreate table shop.refunds (id int);\n"
    )
    words = (
        "is stale: it does not know the column `note` of `shop.orders` (V1.sql:2), the table `shop.refunds` (V1.sql:3)"
    )
    done = cli("check", "--statistics")
    assert words in done.stderr.decode()
    assert "not checked" not in done.stdout.decode()
    (found,) = json.loads(cli("catalog", "check", "--output-format", "json").stdout)["sources"]
    assert (found["path"], found["problem"]) == ("catalog/shop.yaml", "stale")


def test_catalog_check_says_which_of_two_sources_has_a_column(cli: Cli, project: Path) -> None:
    (project / "dbt_project.yml").write_text("name: shop\n")
    (project / "models").mkdir()
    (project / "models" / "a.sql").write_text("select 1 as id\n")
    (project / "models" / "a.yml").write_text(
        "models:\n  - name: a\n    columns:\n      - name: id\n      - name: total\n"
    )
    assert cli("catalog", "check").stdout.decode().splitlines() == [
        "models/a.sql:1: `a` has no column `total` here, and has one in models/a.yml:5, which counts."
    ]


def test_catalog_check_says_where_sources_contradict_one_another(cli: Cli, shop: Path) -> None:
    clean = cli("catalog", "check")
    assert (clean.returncode, clean.stdout, clean.stderr) == (0, b"", b"0 tables known; no contradiction.\n")
    (shop / "catalog" / "shop.yaml").write_text(SNAPSHOT)
    (shop / "ddl.sql").write_text(
        "create table shop.orders (\n  id int4 not null,\n  customer_id bigint not null\n);\n"
    )
    done = cli("catalog", "check")
    assert done.returncode == 1
    assert done.stdout.decode().splitlines() == [
        "catalog/shop.yaml:7: `shop.orders.customer_id` is nullable here and NOT NULL in ddl.sql:3, which counts.",
        "catalog/shop.yaml:7: `shop.orders.customer_id` is `INT` here and `BIGINT` in ddl.sql:3, which counts.",
    ]
    assert done.stderr == b"1 table known; 2 contradictions.\n"
    told = json.loads(cli("catalog", "check", "--output-format", "json").stdout)["contradictions"]
    assert {(item["fact"], item["column"], item["kept_place"]) for item in told} == {
        ("nullable", "customer_id", "ddl.sql:3"), ("type", "customer_id", "ddl.sql:3"),
    }  # fmt: skip
    (shop / "catalog" / "shop.yaml").write_text(BROKEN)
    assert cli("catalog", "check").returncode == 1
    assert cli("catalog", "check", "--config", "none.yaml").returncode == 2


def test_migrations_that_have_run_are_told_of_no_more(cli: Cli, project: Path) -> None:
    (project / "migrations").mkdir()
    for number in (1, 2, 3):
        (project / "migrations" / f"000{number}_note.sql").write_text(
            f"ALTER TABLE orders DROP COLUMN note{number};\nCREATE TABLE t{number} (created_at timestamp);\n"
        )

    def told(mark: str, *arguments: str) -> list[tuple[str, str]]:
        configured = f"select: [drop-column, naive-timestamp]\ndialect: postgres\nmigrations: {{start-after: {mark}}}\n"
        (project / "leaktight.yaml").write_text(configured if mark else configured.partition("migrations")[0])
        found = json.loads(cli("check", "--output-format", "json", *arguments).stdout)["diagnostics"]
        return sorted((one["rule"], one["path"][14:15]) for one in found)

    stands = [("naive-timestamp", "1")]  # which speaks for the others
    assert told("") == [("drop-column", number) for number in "123"] + stands
    assert told("0002_note") == [("drop-column", "3"), *stands]  # what the cache has of the files counts no more
    assert told("'0003'") == stands
    assert told("0002_note", "--select", "drop-column") == [("drop-column", "3")]
    assert told("0002_note", "migrations/0001_note.sql") == [("naive-timestamp", "1")]
    assert told("") == [("drop-column", number) for number in "123"] + stands
    said = cli("check", "--no-cache").stderr
    assert said == b""
    told("0002_notes")
    assert cli("check", "--exit-zero").stderr.decode() == (
        "warning: `migrations.start-after` names `0002_notes`, and no migration of the project is called so.\n"
    )
    assert cli("check", "--statistics").stdout.decode().count("not checked") == 0
    assert cli("catalog", "check").stderr.endswith(b"no contradiction.\n")


def test_a_migration_that_does_not_parse_may_have_added_a_column(cli: Cli, project: Path) -> None:
    folder = project / "migrations" / "versions"
    folder.mkdir(parents=True)
    head = "from alembic import op\nimport sqlalchemy as sa\nrevision = {}\ndown_revision = {}\ndef upgrade():\n    "
    made = "op.create_table('orders', sa.Column('id', sa.Integer), sa.Column('total', sa.Integer))\n"
    added = "op.add_column('orders', sa.Column('totals', sa.Integer))\n"
    (folder / "a.py").write_text(head.format("'a'", "None") + made)
    (project / "q.sql").write_text("select id, totals from orders;\n")
    assert b"has no column `totals`" in cli("check", "--select", "unknown-column").stdout
    (folder / "b.py").write_text(head.format("'b'", "'a'") + added[:-2])
    done = cli("check", "--select", "unknown-column")
    assert b"no findings" in done.stdout
    assert done.stderr.decode().startswith("warning: migrations/versions/b.py:6 tells of no table")
    (folder / "b.py").write_text(head.format("'b'", "'a'") + added)
    done = cli("check", "--select", "unknown-column")
    assert (b"no findings" in done.stdout, done.stderr) == (True, b"")


CONTRACT = "dataContractSpecification: 1.1.0\nid: shop\ninfo: {title: shop, version: 1.0.0}\n"
STANDARD = "apiVersion: v3.0.2\nkind: DataContract\nid: shop\nversion: 1.0.0\nstatus: active\n"


@pytest.mark.parametrize(
    ("path", "text", "said"),
    [
        ("external_models.yaml", "- name: shop.orders\n  colum\n", "external_models.yaml:3 tells of no table"),
        (
            "contracts/shop.yaml",
            f"{CONTRACT}models:\n  - name: orders\n    fields: {{id: {{type: integer}}}}\n",
            (
                "contracts/shop.yaml:5 tells of no table, for it could not be read: `models` of a data contract has its tables by "
                "their names, and this is a list."
            ),
        ),
        (
            "contracts/shop.yaml",
            f"{STANDARD}schema:\n  orders: {{properties: [{{name: id}}]}}\n",
            (
                "contracts/shop.yaml:7 tells of no table, for it could not be read: `schema` of a data contract is a list of tables, "
                "and this is a mapping."
            ),
        ),
    ],
)
def test_a_source_of_another_shape_is_one_warning(cli: Cli, shop: Path, path: str, text: str, said: str) -> None:
    (shop / path).parent.mkdir(exist_ok=True)
    (shop / path).write_text(text)
    assert [line.startswith(f"warning: {said}") for line in cli("check").stderr.decode().splitlines()] == [True]


@pytest.mark.parametrize(
    "text", [f"{CONTRACT}models:\n", f"{CONTRACT}models: {{}}\n", STANDARD, f"{STANDARD}schema: []\n"]
)
def test_a_contract_without_tables_is_no_broken_one(cli: Cli, shop: Path, text: str) -> None:
    (shop / "shop.yaml").write_text(text)
    assert cli("check").stderr == b""


PLAN = """%project=shop

customers 2024-01-01T00:00:00Z A B <a@b.c> # who buys
orders [customers] 2024-01-02T00:00:00Z A B <a@b.c> # what they buy
"""


def test_a_plan_that_names_a_file_which_there_is_not_is_one_warning(cli: Cli, shop: Path) -> None:
    (shop / "deploy").mkdir()
    (shop / "deploy/customers.sql").write_text("create table shop.customers (id int primary key);\n")
    (shop / "sqitch.plan").write_text(PLAN)
    done = cli("check")
    assert done.stderr.decode() == "warning: sqitch.plan names `deploy/orders.sql`, which is no file of the project.\n"
    (shop / "deploy/orders.sql").write_text("create table shop.orders (id int primary key, customer_id int);\n")
    assert cli("check").stderr == b""


def test_a_plan_of_another_place_is_let_be(cli: Cli, shop: Path) -> None:
    (shop / "sqitch.plan").write_text(PLAN)
    assert cli("check").stderr == b""
