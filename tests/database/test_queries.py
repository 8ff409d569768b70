"""The queries of `catalog query` and their way back by `catalog import`: run where the engine is here, parsed elsewhere."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import duckdb
import pytest
import sqlalchemy
import sqlglot
import yaml
from preparing import SHOP, Run, driven, execute
from sqlglot import exp
from tables import catalog_of_file, described

from leaktight.catalog.table import Table
from leaktight.database.imported import imported
from leaktight.database.queries import ENGINES, dialect_of, queries_of
from leaktight.operations.sources.snapshot import snapshot_tables
from leaktight.source import Language, Source

ALL = [(engine, query.name) for engine in ENGINES for query in queries_of(engine).queries]


def sql_of(engine: str, name: str) -> str:
    return next(query.sql for query in queries_of(engine).queries if query.name == name)


@pytest.mark.parametrize(("engine", "name"), ALL)
def test_each_query_is_the_engines_sql(engine: str, name: str) -> None:
    *_, query = sqlglot.parse(sql_of(engine, name), dialect=dialect_of(engine))
    assert isinstance(query, exp.Query)
    names = query.named_selects
    assert len(set(names)) == len(names)
    assert names[0] == "dialect"
    assert query.selects[0].this.this == dialect_of(engine)
    assert {"table_schema", "table_name"} <= set(names)
    signs = {"columns": "column_name", "tables": "table_type", "options": "option_name", "indexes": "index_name"}
    assert signs.get(name, "constraint_type") in names


def test_the_queries_are_printed(leaktight: Run) -> None:
    whole = leaktight("catalog", "query", "bigquery")
    assert whole.returncode == 0
    assert whole.stdout.startswith("-- What the catalog asks of BigQuery.")
    assert "leaktight catalog import columns.csv tables.csv options.csv keys.csv" in whole.stdout
    assert len(sqlglot.parse(whole.stdout, dialect="bigquery")) == 4
    one = leaktight("catalog", "query", "Snowflake", "columns")
    assert one.stdout == sql_of("snowflake", "columns") + ";\n"
    wrong = leaktight("catalog", "query", "bigqery")
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert "did you mean `bigquery`?" in wrong.stderr
    assert "did you mean `columns`?" in leaktight("catalog", "query", "bigquery", "colums").stderr
    assert "there are `columns`, `tables`, `keys`." in leaktight("catalog", "query", "redshift", "xyz").stderr


# Where the engine is here


def results(url: str, engine: str, folder: Path) -> list[str]:
    """Run an engine's queries and save what they give as CSV, as its own client would."""
    files = []
    connected = sqlalchemy.create_engine(driven(url), poolclass=sqlalchemy.pool.NullPool)
    with connected.connect() as connection:
        for query in queries_of(engine).queries:
            found = connection.exec_driver_sql(query.sql.replace("%", "%%"))
            path = folder / f"{query.name}.csv"
            with path.open("w", newline="") as file:
                writer = csv.writer(file)
                writer.writerow(found.keys())
                writer.writerows(found)
            files.append(str(path))
    connected.dispose()
    return files


@pytest.mark.parametrize(
    ("database", "engine"),
    [("postgres", "postgres"), ("mysql", "mysql")],
    indirect=["database"],
    ids=["postgres", "mysql"],
)
def test_what_is_imported_is_what_ddl_says(database: str, engine: str, leaktight: Run, tmp_path: Path) -> None:
    done = leaktight("catalog", "import", *results(database, engine, tmp_path))
    assert done.returncode == 0, done.stderr
    written = leaktight.root / "catalog" / f"{engine}.yaml"
    tables = snapshot_tables(Source("shop.yaml", written.read_text(), Language.YAML))
    found = {str(table.name): table for table in tables}
    said = catalog_of_file(SHOP / f"{engine}.sql", engine)
    assert found.keys() == said.keys()
    for name, table in said.items():
        assert described(found[name], engine) == described(table, engine)
        assert found[name].complete
    assert found["shop.customers"].statistics is not None or engine == "postgres"


def test_what_postgres_keeps_in_its_own_words(leaktight: Run, postgres: str, tmp_path: Path) -> None:
    execute(
        driven(postgres),
        """CREATE SCHEMA shop; CREATE TABLE shop.a (x INT GENERATED ALWAYS AS IDENTITY, y INT DEFAULT -1, gone INT, z TEXT[]);
        ALTER TABLE shop.a DROP COLUMN gone; COMMENT ON COLUMN shop.a.z IS 'Words, "and" more
        of them'; CREATE UNIQUE INDEX i ON shop.a (lower(z[1]), y) WHERE x > 0; CREATE VIEW shop.v AS SELECT x FROM shop.a;
        ALTER TABLE shop.a ADD CONSTRAINT same UNIQUE (x, y); CREATE TABLE shop.b (u INT, v INT,
        CONSTRAINT same FOREIGN KEY (v, u) REFERENCES shop.a (x, y)); CREATE TABLE shop.c (d DATE) PARTITION BY RANGE (d);
        CREATE TABLE shop.c1 PARTITION OF shop.c DEFAULT""",
    )
    found = {
        str(table.name): table
        for table in imported([_read(path) for path in results(postgres, "postgres", tmp_path)]).tables
    }
    columns = found["shop.a"].columns
    assert [(c.name, c.type, c.default, c.generated) for c in columns.values()] == [
        ("x", "INTEGER", None, True), ("y", "INTEGER", "-1", False), ("z", "TEXT[]", None, False),
    ]  # fmt: skip
    assert columns["z"].comment == 'Words, "and" more\n        of them'
    (index,) = found["shop.a"].indexes
    assert (index.columns, index.unique, index.predicate) == (("lower(z[1])", "y"), True, "(x > 0)")
    assert [(key.columns, str(key.references), key.referenced_columns) for key in found["shop.b"].keys] == [
        (("v", "u"), "shop.a", ("x", "y"))
    ]
    assert [(key.kind.value, key.columns) for key in found["shop.a"].keys] == [("unique", ("x", "y"))]
    assert found.keys() == {"shop.a", "shop.b", "shop.c", "shop.v"}
    assert (found["shop.v"].kind, found["shop.v"].columns["x"].nullable) == ("view", None)


def _read(path: str) -> Source:
    return Source(path, Path(path).read_text(), Language.CSV)


# Where it is not: over tables that have the columns of its views, as its documentation lists them

VIEWS = yaml.safe_load((Path(__file__).parent / "views.yaml").read_text())


def standing_in(engine: str, name: str) -> list[dict[str, object]]:
    """Run a query over stand-ins of the engine's views, in DuckDB, and give its rows."""
    sql = sql_of(engine, name).replace("TABLE(RESULT_SCAN(LAST_QUERY_ID()))", "shown")
    *_, query = sqlglot.parse(sql, dialect=dialect_of(engine))
    assert query is not None
    with duckdb.connect() as database:
        for view, rows in VIEWS[engine].items():
            columns = dict.fromkeys(column for row in rows for column in row)
            database.execute(
                f'CREATE TABLE "{view}" ({", ".join(chr(34) + c + chr(34) + " VARCHAR" for c in columns)})'
            )
            for row in rows:
                database.execute(
                    f'INSERT INTO "{view}" VALUES ({", ".join("?" * len(columns))})', [row.get(c) for c in columns]
                )
        for table in list(query.find_all(exp.Table)):
            view = table.name.rpartition(".")[2].lower()
            table.replace(exp.Table(this=exp.to_identifier(view, quoted=True), alias=table.args.get("alias")))
        cursor = database.execute(query.sql("duckdb"))
        names = [item[0] for item in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


@pytest.mark.parametrize("engine", sorted(VIEWS))
def test_the_results_of_an_engine_that_is_not_here(engine: str, leaktight: Run, tmp_path: Path) -> None:
    files = []
    for query in queries_of(engine).queries:
        if (engine, query.name) in {("redshift", "keys"), ("snowflake", "unique_keys")}:
            continue  # PostgreSQL runs the one below; the other has the columns of `primary_keys`
        path = tmp_path / f"{query.name}.json"
        path.write_text(json.dumps(standing_in(engine, query.name), default=str))
        files.append(str(path))
    done = leaktight("catalog", "import", *files, "-o", "-")
    assert done.returncode == 0, done.stderr
    tables = {table.name.folded[-1]: table for table in snapshot_tables(Source("a", done.stdout, Language.YAML))}
    check(engine, tables)


def check(engine: str, tables: dict[str, Table]) -> None:
    orders = tables["orders"]
    assert [column.name.lower() for column in orders.columns.values()] == ["order_id", "customer_id", "created_at"]
    assert [column.nullable for column in orders.columns.values()] == [False, False, True]
    assert all(table.complete and table.dialect == engine for table in tables.values())
    assert orders.comment == "One row for each order."
    assert orders.columns["customer_id"].comment == "Who bought."
    if engine != "redshift":
        check_keys(orders)
    if engine in ("bigquery", "snowflake", "redshift"):
        assert orders.clustering is not None
        assert [name.lower() for name in orders.clustering.columns] == ["customer_id"]
        assert orders.statistics is not None
        assert (orders.statistics.rows, orders.statistics.bytes) == (1000, 2097152)
    if engine == "bigquery":
        assert orders.partitioning is not None
        assert (orders.partitioning.columns, orders.partitioning.granularity) == (("created_at",), "day")
        assert orders.partitioning.required
        assert orders.retention == "30 days"
        assert orders.statistics is not None
        assert orders.statistics.partitions == 12
        customers = tables["customers"]
        assert list(customers.columns) == ["customer_id"]
        assert customers.partitioning is not None
        assert customers.partitioning.kind == "ingestion"
    if engine == "databricks":
        assert orders.partitioning is not None
        assert orders.partitioning.columns == ("created_at",)


def check_keys(orders: Table) -> None:
    keys = {(key.kind.value, tuple(name.lower() for name in key.columns)): key for key in orders.keys}
    assert keys.keys() >= {("primary", ("order_id",)), ("foreign", ("customer_id",))}
    foreign = keys["foreign", ("customer_id",)]
    assert foreign.references is not None
    assert foreign.references.folded[-1] == "customers"
    assert [name.lower() for name in foreign.referenced_columns] == ["customer_id"]
    assert not foreign.enforced


def test_redshift_keeps_its_keys_where_postgres_does(postgres: str, tmp_path: Path) -> None:
    execute(driven(postgres), (SHOP / "postgres.sql").read_text())
    execute(
        driven(postgres),
        "CREATE TABLE shop.two (x BIGINT, y BIGINT, FOREIGN KEY (y) REFERENCES shop.orders, UNIQUE (y, x))",
    )
    engine = sqlalchemy.create_engine(driven(postgres), poolclass=sqlalchemy.pool.NullPool)
    with engine.connect() as connection:
        found = connection.exec_driver_sql(sql_of("redshift", "keys"))
        rows = [dict(row) for row in found.mappings()]
    engine.dispose()
    columns = [{"dialect": "redshift", "table_schema": "shop", "table_name": name, "column_name": "a", "data_type": "int"}
               for name in ("orders", "two", "customers")]  # fmt: skip
    texts = [json.dumps(columns), json.dumps(rows)]
    read = imported([Source(f"{at}.json", text, Language.JSON) for at, text in enumerate(texts)])
    tables = {table.name.name: table for table in read.tables}
    check_keys(tables["orders"])
    assert {(key.kind.value, key.columns, str(key.references or "")) for key in tables["two"].keys} == {
        ("foreign", ("y",), "shop.orders"), ("unique", ("y", "x"), ""),
    }  # fmt: skip


# What is no result


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a,b\n1,2\n", "is no result of the queries"),
        ("", "is no result of the queries"),
        ('[{"table_name": "t", "x": 1}]', "its rows need `table_name` and one of `option_name`"),
        ('[{"table_name": "t", "column_name": "a", "data_type": "int"}', "breaks off in line 1: not valid JSON"),
        ("table_name,table_type\nt,BASE TABLE\n", "None of the files has the columns of tables"),
        ("table_name,column_name,data_type\nt,a,int\n", "name it with `--engine`"),
        ("dialect,table_name,column_name,data_type\nmysql,t,a,int\npostgres,u,a,int\n", "`mysql` and `postgres`"),
    ],
)
def test_what_is_no_result(leaktight: Run, text: str, words: str) -> None:
    (leaktight.root / "r.csv").write_text(text)
    done = leaktight("catalog", "import", "r.csv")
    assert (done.returncode, done.stdout) == (2, "")
    assert words in done.stderr
    assert done.stderr.count("\n") == 1
    assert not (leaktight.root / "catalog").exists()


def test_a_missing_file_and_an_engine_that_is_named(leaktight: Run) -> None:
    assert "no.csv cannot be read" in leaktight("catalog", "import", "no.csv").stderr
    (leaktight.root / "r.csv").write_text("table_name,column_name,data_type,ordinal_position\nt,a,int,1\n")
    done = leaktight("catalog", "import", "r.csv", "--engine", "sqlserver")
    assert done.returncode == 0
    assert "engine: tsql" in (leaktight.root / "catalog" / "tsql.yaml").read_text()
