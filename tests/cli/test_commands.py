"""The other commands: `rules`, `rule`, `catalog show`, `init`, and the help."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from leaktight import __version__
from leaktight.cache import read_table
from leaktight.catalog.table import Table, TableName
from leaktight.cli import run
from leaktight.cli.catalog.table_text import overview_text
from leaktight.cli.catalog.table_values import table_values
from leaktight.config import find_configuration
from leaktight.diagnostics import Location
from leaktight.reporters.paint import Paint
from leaktight.text import Position, Span

Cli = Callable[..., "subprocess.CompletedProcess[bytes]"]


def test_version_and_help(cli: Cli) -> None:
    assert cli("--version").stdout.decode() == cli("-V").stdout.decode() == f"leaktight {__version__}\n"
    overview = cli("--help")
    assert overview.returncode == 0
    for name in ("check", "rules", "rule", "catalog", "init"):
        assert f"\n  {name} " in overview.stdout.decode()
        assert cli(name, "--help").returncode == 0


def test_an_exit_at_once_does_what_was_registered_and_prints_what_was_written() -> None:
    code = (
        "import atexit, sys; atexit.register(print, 'registered', flush=True); sys.stdout.write('written '); "
        "from leaktight.cli import main; main(['rule', 'no-such-rule'])"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (told.returncode, told.stdout) == (2, "written registered\n")


def test_a_profiler_sees_the_end() -> None:
    command = [sys.executable, "-m", "cProfile", "-m", "leaktight", "rule", "no-such-rule"]
    assert "function calls" in subprocess.run(command, capture_output=True, text=True, check=False).stdout


def test_help_of_check_is_grouped(cli: Cli, golden: Callable[[str, str], None]) -> None:
    text = cli("check", "--help", env={"COLUMNS": "100"}).stdout.decode()
    golden("check-help.txt", text)
    headings = [line for line in text.splitlines() if line.endswith(":") and not line.startswith(" ")]
    assert headings == ["Selection:", "Fixes:", "Files:", "Output:", "Configuration:", "Other:"]
    for option in (
        "--fix", "--unsafe-fixes", "--diff", "--select", "--ignore", "--extend-select", "--exclude", "--force-exclude",
        "--output-format", "--output-file", "--exit-zero", "--statistics", "--show-unanalysed", "--fail-level", "--config",
        "--isolated", "--stdin-filename", "--no-cache", "--jobs", "--color", "-q, --quiet", "-v, --verbose",
    ):  # fmt: skip
        assert f"\n  {option}" in text


def test_rules(cli: Cli) -> None:
    text = cli("rules").stdout.decode()
    assert text.splitlines()[0].split() == ["NAME", "CATEGORY", "DEFAULT", "FIX", "SUMMARY"]
    rows = {line.split()[0]: line.split()[1:] for line in text.splitlines()[1:]}
    assert rows["planted-leak"][:3] == ["loss", "on", "safe"]
    assert rows["planted-crash"][:2] == ["loss", "strict"]
    listed = {rule["name"]: rule for rule in json.loads(cli("rules", "--output-format", "json").stdout)}
    assert listed.keys() == rows.keys()
    leak = listed["planted-leak"]
    assert (leak["default"], leak["fixable"], leak["summary"]) == (True, "safe", "`leak` stands in the SQL.")
    assert leak["options"]["most"] == {"default": 99, "help": "How many to find at most."}
    assert listed["planted-crash"]["default"] is False
    only = json.loads(cli("rules", "planted-note", "--output-format", "json").stdout)
    assert [rule["name"] for rule in only] == ["planted-note"]
    assert cli("rules", "lost").returncode == 2


def test_the_page_of_a_rule(cli: Cli) -> None:
    result = cli("rule", "planted-leak")
    text = result.stdout.decode()
    assert result.returncode == 0
    assert text.lstrip().startswith("# planted-leak\n")
    assert "It was planted there." in text
    assert "How many to find at most." in text
    assert "<!--" not in text
    drawn = cli("rule", "planted-leak", "--color", "always").stdout
    assert b"\x1b[" in drawn
    assert b"# planted-leak" not in drawn


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("planted-leek", "error: There is no rule or group `planted-leek`; did you mean `planted-leak`?\n"),
        ("loss", "error: `loss` is a group of rules; `leaktight rules loss` lists them.\n"),
    ],
)
def test_no_such_rule(cli: Cli, name: str, said: str) -> None:
    result = cli("rule", name)
    assert result.returncode == 2
    assert result.stderr.decode().startswith(said)


DDL = """create table shop.orders (
  id bigint primary key,
  customer_id bigint not null references shop.customers (id),
  total numeric default 0
);
create unique index orders_once on shop.orders (customer_id, total) where total > 0;
"""


def test_the_version_is_told_without_loading_the_program(monkeypatch: pytest.MonkeyPatch) -> None:
    def loaded(arguments: Sequence[str]) -> int:
        raise AssertionError(arguments)

    monkeypatch.setattr("leaktight.cli.program.run_program", loaded)
    assert run(["--version"]) == run(["-V"]) == 0


@pytest.mark.parametrize("command", ["show", "check"])
def test_the_catalog_is_read_from_what_is_remembered(cli: Cli, project: Path, tmp_path: Path, command: str) -> None:
    (project / "a.sql").write_text("create table orders (id int primary key);\n")
    cache = {"LEAKTIGHT_CACHE_DIR": str(tmp_path / "cache")}
    first = cli("catalog", command, env=cache)
    (kept,) = (tmp_path / "cache").glob("project-*")
    assert "facts a.sql" in read_table(str(kept))
    written = kept.stat().st_mtime_ns
    assert cli("catalog", command, env=cache).stdout == first.stdout
    assert kept.stat().st_mtime_ns == written
    (project / "a.sql").write_text("create table orders (id int primary key, total int);\n")
    cli("catalog", command, env=cache)
    assert kept.stat().st_mtime_ns != written


def test_catalog_show(cli: Cli, project: Path) -> None:
    (project / "ddl").mkdir()
    (project / "ddl" / "orders.sql").write_text(DDL)
    (project / "b.sql").write_text("create table orders_old (id int);\n")
    everything = cli("catalog", "show")
    assert everything.returncode == 0
    lines = everything.stdout.decode().splitlines()
    assert [line.split()[0] for line in lines] == ["orders_old", "shop.orders"]
    assert lines[1].endswith("3 columns, primary key (id)  -- ddl/orders.sql:1")
    assert b"`leaktight catalog show TABLE`" in everything.stderr
    one = cli("catalog", "show", "orders", cwd=project / "ddl").stdout.decode()
    assert "orders_old" not in one
    assert one.startswith("shop.orders  (table")
    assert "-- orders.sql:1" in one
    assert "not null" in one
    assert "unique index orders_once (customer_id, total) where total > 0  -- orders.sql:6\n" in one
    places = {line.index("  -- ") for line in one.splitlines()}
    assert len(places) == 1
    (table,) = json.loads(cli("catalog", "show", "SHOP.orders", "--output-format", "json").stdout)
    assert [column["name"] for column in table["columns"]] == ["id", "customer_id", "total"]
    assert table["columns"][1]["nullable"] is False
    assert table["columns"][1]["place"] == "ddl/orders.sql:3"
    assert {key["kind"] for key in table["keys"]} == {"primary", "foreign"}
    missing = cli("catalog", "show", "ordrs")
    assert (missing.returncode, missing.stdout) == (1, b"")
    assert missing.stderr == b"No table `ordrs` is known; did you mean `orders`?\n"


def test_catalog_shows_a_file_and_obeys_nothing_in_it(cli: Cli, project: Path) -> None:
    (project / "a.sql").write_text('create table orders ("id\x1b]0;pwned\x07\x9b2J" int primary key);\n')
    for arguments in ((), ("orders",), ("--output-format", "json")):
        text = cli("catalog", "show", *arguments).stdout.decode()
        assert "pwned" in text
        assert not {"\x1b", "\x07", "\x9b"} & set(text)


def test_catalog_of_what_is_excluded_and_what_is_not_believed(cli: Cli, project: Path) -> None:
    (project / "dumps").mkdir()
    (project / "dumps" / "schema.sql").write_text("create table dumped (id int);\n")
    (project / "fake.sql").write_text("create table fake (id int);\n")
    (project / ".gitignore").write_text("dumps/\n")
    (project / "leaktight.yaml").write_text("catalog: {ddl: ['dumps/*.sql'], exclude: [fake.sql]}\n")
    text = cli("catalog", "show").stdout.decode()
    assert text.startswith("dumped  (table")
    assert "fake" not in text


def test_init_looks_at_the_project_and_never_overwrites(cli: Cli, project: Path) -> None:
    (project / "leaktight.yaml").unlink()
    files = {
        "analytics/dbt_project.yml": "name: shop\nprofile: shop\n",
        "analytics/profiles.yml": "shop:\n  outputs:\n    dev:\n      type: snowflake\n",
        "analytics/models/a.sql": "select 1\n",
        "warehouse/a.sql": "select * from `shop-prod.mart.orders` where _partitiondate = '2024-01-01'\n",
        "api/template.yaml": "Resources:\n  Streams:\n    Type: AWS::DynamoDB::Table\n",
    }
    for name, text in files.items():
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        (project / name).write_text(text)
    result = cli("init", cwd=project / "api")
    assert (result.returncode, result.stdout, result.stderr) == (0, b"", b"wrote ../leaktight.yaml\n")
    text = (project / "leaktight.yaml").read_text()
    assert '  "analytics/**": snowflake  # the dbt project\'s adapter\n' in text
    assert '  "warehouse/**": bigquery  # told by 1 file\n' in text
    assert "# api/template.yaml declares DynamoDB tables." in text
    assert cli("check", "--exit-zero").returncode == 0
    again = cli("init")
    assert again.returncode == 2
    assert again.stderr.startswith(b"error: There is a leaktight.yaml already; it was left as it is.\n")
    assert (project / "leaktight.yaml").read_text() == text


BIGQUERY = "select * from `shop-prod.mart.orders` where _partitiondate = '2024-01-01'\n"


def migrations(project: Path, path: str, count: int, text: str = "alter table t drop column c{};\n") -> None:
    for number in range(1, count + 1):
        file = project / path.format(number)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text.format(number, number - 1))


ALEMBIC = (
    "from alembic import op\nrevision = 'r{0}'\ndown_revision = 'r{1}'\ndef upgrade():\n    op.drop_column('t', 'c')\n"
)


@pytest.mark.parametrize(
    ("made", "proposed"),
    [
        ([("db/migrations/{:04}_x.sql", 21)], '"0021"'),
        ([("prisma/migrations/202401{:02}120000_x/migration.sql", 21)], '"20240121120000"'),
        ([("db/updates/2024-01-{:02}-x.sql", 21)], '"2024-01-21-x.sql"'),
        ([("sql/V2_{}__x.sql", 21)], '"2_21"'),
        ([("a/migrations/{:03}_x.up.sql", 21), ("a/migrations/{:03}_x.down.sql", 25)], '"021"'),
        (
            [("b/migrations/{:03}_x.sql", 21), ("a/migrations/{:03}_x.sql", 20), ("c/migrations/{:03}_x.sql", 3)],
            '["a/migrations/020_x.sql", "b/migrations/021_x.sql"]',
        ),
        ([("a/migrations/{:03}_x.sql", 21), ("c/migrations/{:03}_x.sql", 3)], '"a/migrations/021_x.sql"'),
        ([("db/migrations/{:04}_x.sql", 19)], ""),
        ([("tests/migrations/{:04}_x.sql", 21)], ""),
        ([("reports/{:04}.txt", 21)], ""),
    ],
)  # fmt: skip
def test_init_proposes_to_begin_after_the_newest_migration(
    cli: Cli, project: Path, made: list[tuple[str, int]], proposed: str
) -> None:
    (project / "leaktight.yaml").unlink()
    for path, count in made:
        migrations(project, path, count)
    assert cli("init").returncode == 0
    text = (project / "leaktight.yaml").read_text()
    lines = [line for line in text.splitlines() if line.startswith("# migrations:")]
    assert lines == ([f"# migrations: {{start-after: {proposed}}}"] if proposed else [])
    (project / "leaktight.yaml").write_text(text.replace("# migrations:", "migrations:"))
    result = cli("check", "--select", "migration")
    assert b"start-after" not in result.stderr
    last, count = made[0]
    assert (f"{last.format(count)}:".encode() in result.stdout) is (not proposed and last.startswith("db"))


def test_init_proposes_the_end_of_a_chain(cli: Cli, project: Path) -> None:
    (project / "leaktight.yaml").unlink()
    migrations(project, "alembic/versions/{:02}_x.py", 21, ALEMBIC)
    (project / "alembic/versions/other.py").write_text(ALEMBIC.format(21, 20).replace("'r21'", "'a21'"))
    assert cli("init").returncode == 0
    text = (project / "leaktight.yaml").read_text()
    assert "# There are 22 migrations. Name the last ones that have run everywhere" in text
    assert '# migrations: {start-after: ["r21", "a21"]}' in text.splitlines()


def test_init_writes_odd_names_as_names(cli: Cli, project: Path) -> None:
    (project / "leaktight.yaml").unlink()
    names = ["[raw]", "!not", "#hash", "a:b", "~tilde", 'q"u', "new\nline", "back\\slash", "star*", "plain"]
    for name in names:
        (project / name).mkdir()
        (project / name / "a.sql").write_text(BIGQUERY)
    no_text = os.path.join(os.fsencode(project), b"\xff")
    os.mkdir(no_text)
    with open(os.path.join(no_text, b"a.sql"), "w") as file:
        file.write(BIGQUERY)
    (project / "x\nselect: []\n#.yaml").write_text("Type: AWS::DynamoDB::Table\n")
    assert cli("init").returncode == 0
    assert '  "plain/**": bigquery' in (project / "leaktight.yaml").read_text()
    settings = find_configuration(str(project)).settings()
    assert settings.select is None
    assert {name: settings.dialect_for(f"{name}/a.sql") for name in names} == dict.fromkeys(names, "bigquery")
    assert settings.dialect_for("r/a.sql") is None
    assert settings.dialect_for("stars/a.sql") is None


def test_init_reads_a_profile_of_blank_lines_in_no_time(cli: Cli, project: Path) -> None:
    (project / "leaktight.yaml").unlink()
    (project / "dbt_project.yml").write_text("name: shop\n")
    (project / "profiles.yml").write_text("      - type: 'duckdb'\n" + "\n" * 5_000 + "x\n")
    assert cli("init").returncode == 0
    assert '"**": duckdb' in (project / "leaktight.yaml").read_text()


def test_init_leaves_pyproject_alone(cli: Cli, project: Path) -> None:
    (project / "leaktight.yaml").unlink()
    (project / "pyproject.toml").write_text("[tool.leaktight]\n")
    assert cli("init").returncode == 2
    assert not (project / "leaktight.yaml").exists()


def test_every_commented_setting_of_init_is_valid(cli: Cli, project: Path) -> None:
    (project / "leaktight.yaml").unlink()
    (project / "t.yaml").write_text("Type: AWS::DynamoDB::Table\n")
    migrations(project, "db/migrations/{:04}_x.sql", 20)
    cli("init")
    text = (project / "leaktight.yaml").read_text()
    settings = [
        line.removeprefix("# ")
        for line in text.splitlines()
        if line.startswith(("#   ", "# e", "# i", "# p", "# c", "# d", "# m"))
    ]
    settings = [line for line in settings if ": " in line or line.endswith(":")]
    (project / "leaktight.yaml").write_text("\n".join(settings) + "\n")
    result = cli("check")
    assert result.returncode == 0, result.stderr.decode()


def test_a_name_without_a_schema_is_of_the_configured_search_path(cli: Cli, project: Path) -> None:
    (project / "ddl.sql").write_text(
        "create table public.orders (a int, b int);\ncreate table sales.orders (c int, d int);\n"
    )
    (project / "query.sql").write_text("select * from orders;\n")
    configured = "dialect: postgres\nselect: [select-star]\n"
    (project / "leaktight.yaml").write_text(configured)
    arguments = ("check", "--diff", "--unsafe-fixes", "query.sql")
    assert b"+select a, b from orders;" in cli(*arguments).stdout
    (project / "leaktight.yaml").write_text(f"{configured}catalog: {{search-path: [sales, public]}}\n")
    assert b"+select c, d from orders;" in cli(*arguments).stdout


def test_catalog_show_tells_which_statement_chose_the_schema(cli: Cli, project: Path) -> None:
    (project / "leaktight.yaml").write_text("dialect: postgres\n")
    (project / "ddl.sql").write_text("set search_path to sales;\ncreate table orders (a int);\n")
    (table,) = json.loads(cli("catalog", "show", "orders", "--output-format", "json").stdout)
    assert (table["name"], table["places"]["schema"]) == ("sales.orders", "ddl.sql:1")


def test_catalog_show_knows_a_table_by_the_name_that_it_has_besides(cli: Cli, project: Path) -> None:
    (project / "dbt_project.yml").write_text("name: shop\n")
    (project / "models").mkdir()
    (project / "models" / "raw.yml").write_text(
        "sources: [{name: raw, schema: lake, tables: [{name: orders, identifier: orders_v2}]}]\n"
    )
    assert cli("catalog", "show", "raw.orders").stdout.startswith(b"lake.orders_v2  (table")
    assert cli("catalog", "show", "raw.items").returncode == 1


def test_thousands_of_tables_are_shown_in_no_time() -> None:
    tables = [
        table_values(Table(TableName(("shop", f"table_{number}")), location=_place(number)), str)
        for number in range(20_000)
    ]
    start = time.perf_counter()
    text = overview_text(tables, Paint(on=False))
    assert time.perf_counter() - start < 20
    assert len({line.index("  -- ddl/") for line in text.splitlines()}) == 1


def _place(number: int) -> Location:
    return Location(f"ddl/{number}.sql", Span(0, 1), Position(1, 1), Position(1, 2))
