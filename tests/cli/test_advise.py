"""What `leaktight advise` proposes, and in which forms."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from leaktight.cli.program import program

ORDERS = """
create table shop.clients (id bigint primary key, email varchar(200) not null);
create table shop.orders (
  id bigint primary key,
  client_id bigint not null references shop.clients (id),
  placed_at timestamp not null,
  note text
);
create index orders_note on shop.orders (note);
create index orders_note_id on shop.orders (note, id);
"""
FILES = {
    "ddl/orders.sql": ORDERS,
    "api/a.sql": "select note from shop.orders where client_id = 1 and placed_at > now() order by placed_at;",
    "api/b.py": 'cursor.execute("select id from shop.orders where client_id = %s and placed_at > %s", (c, t))\n',
    "leaktight.yaml": "dialect: postgres\n",
}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def advise(*arguments: str) -> Result:
    return CliRunner().invoke(program, ["advise", *arguments], standalone_mode=False)


@pytest.mark.usefixtures("project")
def test_each_proposal_has_its_evidence_and_its_statement() -> None:
    result = advise("index")
    lines = result.stdout.splitlines()
    assert lines[0] == "shop.orders  ddl/orders.sql:3"
    assert "    → api/a.sql:1: compared here" in lines
    assert "    → api/b.py:1: compared here" in lines
    assert (
        "    CREATE INDEX CONCURRENTLY orders_client_id_placed_at_idx ON shop.orders (client_id, placed_at);" in lines
    )
    assert "    DROP INDEX CONCURRENTLY shop.orders_note;" in lines
    assert "nothing was changed" in result.stderr


@pytest.mark.usefixtures("project")
def test_an_index_that_another_one_begins_with_is_not_proposed() -> None:
    assert "ON shop.orders (client_id);" not in advise("index").stdout


@pytest.mark.usefixtures("project")
def test_a_table_is_chosen_by_its_name() -> None:
    assert advise("schema", "orders").stdout == advise("schema", "shop.orders").stdout
    assert "shop.orders" not in advise("schema", "clients").stdout
    unknown = advise("schema", "ordes")
    assert unknown.return_value == 1
    assert "No table `ordes` is known; did you mean `orders`?" in unknown.stderr
    Path("jobs").mkdir(exist_ok=True)
    assert "`jobs` is a folder" in advise("schema", "jobs").stderr


@pytest.mark.usefixtures("project")
def test_another_type_in_the_declaration_is_another_type_of_the_column() -> None:
    wanted = "ALTER TABLE shop.orders ALTER COLUMN placed_at TYPE timestamptz USING placed_at AT TIME ZONE 'UTC'"
    assert f"    {wanted};" in advise("schema", "orders").stdout.splitlines()


@pytest.mark.usefixtures("project")
def test_the_statements_alone_are_a_script() -> None:
    script = advise("index", "--output-format", "sql").stdout
    lines = [line for line in script.splitlines() if line]
    assert any(line.startswith("-- 2 queries look rows of `shop.orders` up") for line in lines)
    assert all(line.startswith("--") or line.endswith(";") for line in lines)


def test_a_script_drops_an_index_once_whatever_speaks_against_it(project: Path) -> None:
    for number in range(4):
        (project / f"api/q{number}.sql").write_text(
            f"select note from shop.orders where id = {number};", encoding="utf-8"
        )
    drop = "DROP INDEX CONCURRENTLY shop.orders_note;"
    assert advise("index").stdout.count(drop) == 2
    assert advise("index", "--output-format", "sql").stdout.count(drop) == 1


@pytest.mark.usefixtures("project")
def test_the_same_as_values() -> None:
    values = json.loads(advise("index", "--output-format", "json").stdout)
    found = {value["rule"]: value for value in values}
    assert found["missing-index"]["table"] == "shop.orders"
    assert [(item["path"], item["line"]) for item in found["missing-index"]["evidence"]] == [
        ("api/a.sql", 1),
        ("api/b.py", 1),
    ]
    assert found["redundant-index"]["statements"] == ["DROP INDEX CONCURRENTLY shop.orders_note"]


def test_what_is_said_of_a_partitioned_table_is_not_said_of_its_partitions(project: Path) -> None:
    (project / "ddl/orders.sql").write_text(
        """
        create table shop.visits (id bigint, day date, seen_at timestamp, primary key (id, day)) partition by range (day);
        create table shop.visits_1 partition of shop.visits for values from ('2024-01-01') to ('2024-02-01');
        create table shop.visits_rest partition of shop.visits default;
        """,
        encoding="utf-8",
    )
    lines = advise("schema").stdout.splitlines()
    assert [line.split()[0] for line in lines if not line.startswith(" ")] == ["shop.visits"]
    wanted = "ALTER TABLE shop.visits ALTER COLUMN seen_at TYPE timestamptz USING seen_at AT TIME ZONE 'UTC'"
    assert f"    {wanted};" in lines


def test_copies_of_a_table_have_one_proposal(project: Path) -> None:
    before = _statements()
    (project / "copy").mkdir()
    (project / "copy/orders.sql").write_text(ORDERS, encoding="utf-8")
    assert _statements() == before


def _statements() -> list[str]:
    script = advise("index", "--output-format", "sql").stdout
    return [line for line in script.splitlines() if not line.startswith("--")]


def test_two_references_of_one_column_want_one_index(project: Path) -> None:
    (project / "ddl/orders.sql").write_text(
        """
        create table shop.a (id bigint primary key);
        create table shop.b (id bigint primary key);
        create table shop.c (id bigint primary key, x bigint references shop.a (id) references shop.b (id));
        """,
        encoding="utf-8",
    )
    result = advise("index")
    assert result.stdout.count("CREATE INDEX") == 1
    assert "(foreign-key-without-index)" in result.stdout
    assert result.stderr.startswith("1 proposal for 1 of 3 tables; nothing was changed.")


def test_nothing_to_propose(project: Path) -> None:
    (project / "api/a.sql").unlink()
    (project / "ddl/orders.sql").write_text("create table t (id bigint primary key);", encoding="utf-8")
    result = advise("partition")
    assert (result.stdout, result.return_value) == ("", 0)
    assert "Nothing to propose: 1 table was looked at for partitions." in result.stderr


SNAPSHOT = """leaktight-catalog: 1
engine: postgres
tables:
  shop.{0}: {{columns: {{id: {{type: INTEGER}}, at: {{type: TIMESTAMP}}}}}}
"""


PLAIN_CONTRACT = """dataContractSpecification: 1.1.0
id: visits
info: {title: visits, version: 1.0.0}
models: {visits: {type: table, fields: {id: {type: integer}}}}
"""


def test_tables_that_only_data_tells_of_are_not_called_looked_at_but_for_those_of_a_snapshot(project: Path) -> None:
    (project / "catalog").mkdir()
    (project / "catalog/shop.yaml").write_text(SNAPSHOT.format("orders"), encoding="utf-8")
    assert "not looked at" not in advise("partition").stderr
    (project / "catalog/shop.yaml").write_text(SNAPSHOT.format("visits"), encoding="utf-8")
    lines = advise("partition").stderr.splitlines()
    assert lines == [
        "Nothing to propose: 3 tables were looked at for partitions.",
    ]
    (project / "catalog/shop.yaml").write_text(PLAIN_CONTRACT, encoding="utf-8")
    lines = advise("partition").stderr.splitlines()
    assert lines == [
        "Nothing to propose: 2 tables were looked at for partitions.",
        "1 table was not looked at, of which only a contract, dbt or infrastructure tells: rules read code and snapshots.",
    ]
    (project / "ddl/orders.sql").unlink()
    nothing = "Nothing to propose: no file of this project creates a table, and no snapshot tells of one."
    assert advise("partition").stderr.splitlines()[0] == nothing


def test_what_was_not_analysed_is_said(project: Path) -> None:
    (project / "api/c.sql").write_text("select from where (", encoding="utf-8")
    assert (
        "1 stretch was not analysed, and its queries not counted; `leaktight check` names it." in advise("index").stderr
    )


@pytest.mark.usefixtures("project")
def test_another_topic_is_refused() -> None:
    result = CliRunner().invoke(program, ["advise", "indices"])
    assert result.exit_code == 2
    assert "'index'" in result.stderr
