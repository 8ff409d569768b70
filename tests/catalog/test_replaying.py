"""DDL replayed statement by statement: indexes made anew under their old name, renamed ones, the order of columns."""

from __future__ import annotations

import pytest
from ddl import catalog

from leaktight.catalog.table import Table, TableName


def replayed(text: str, dialect: str, path: str = "schema.sql") -> Table:
    table = catalog({path: text}, dialect).table(TableName(("t",)))
    assert table is not None
    return table


@pytest.mark.parametrize("path", ["schema.sql", "migrations/001_t.sql"])
@pytest.mark.parametrize(
    ("dialect", "text", "left"),
    [
        ("mysql", "drop index i on t; create index i on t (b)", [("i", ("b",))]),
        ("mysql", "alter table t drop index i, add index i (b)", [("i", ("b",))]),
        ("mysql", "alter table t drop index i; alter table t rename to u; alter table u rename to t", []),
        ("mysql", "alter table t rename index i to j", [("j", ("a",))]),
        ("mysql", "alter table t rename key i to j, add key i (b)", [("j", ("a",)), ("i", ("b",))]),
        ("tsql", "drop index i on dbo.t; create index i on dbo.t (b)", [("i", ("b",))]),
        ("tsql", "exec sp_rename N'dbo.t.i', N'j', N'INDEX'", [("j", ("a",))]),
        ("postgres", "alter index i rename to j; drop index if exists i", [("j", ("a",))]),
        ("postgres", "alter index if exists public.i rename to j; drop index j", []),
        ("postgres", "alter index i set (fillfactor = 70)", [("i", ("a",))]),
        ("oracle", "alter index i rename to j", [("j", ("a",))]),
    ],
)
def test_an_index_is_dropped_and_renamed_where_the_statement_stands(
    dialect: str, text: str, left: list[tuple[str, tuple[str, ...]]], path: str
) -> None:
    table = replayed(f"create table t (a int, b int); create index i on t (a); {text};", dialect, path)
    assert [(index.name, index.columns) for index in table.indexes] == left


def test_a_constraint_is_dropped_by_its_new_name() -> None:
    head = "create table t (a int, constraint old unique (a)); alter table t rename constraint old to new;"
    assert [key.name for key in replayed(head, "postgres").keys] == ["new"]
    assert replayed(f"{head} alter table t drop constraint new;", "postgres").keys == ()
    mysql = "create table t (a int, unique key old (a)); alter table t rename index old to new;"
    assert [key.name for key in replayed(mysql, "mysql").keys] == ["new"]


@pytest.mark.parametrize(
    ("dialect", "text", "order"),
    [
        ("mysql", "alter table t add column c int after a", "a c b"),
        ("mysql", "alter table t add c int first, add column d int", "c a b d"),
        ("mysql", "alter table t modify column a bigint after b", "b a"),
        ("mysql", "alter table t change b c int first", "c a"),
        ("mysql", "alter table t modify b bigint", "a b"),
        ("clickhouse", "alter table t add column c Int8 after a", "a c b"),
        ("databricks", "alter table t add columns (c int after a, d int first)", "d a c b"),
        ("spark", "alter table t alter column b first", "b a"),
        ("postgres", "alter table t add column c int", "a b c"),
    ],
)
def test_a_column_comes_where_it_is_put(dialect: str, text: str, order: str) -> None:
    assert " ".join(replayed(f"create table t (a int, b int); {text};", dialect).columns) == order


def test_folders_of_hive_stay_behind_the_columns_of_the_files() -> None:
    head = "create table t (a int) partitioned by (day string, hour int);"
    assert " ".join(replayed(f"{head} alter table t add columns (b int);", "hive").columns) == "a b day hour"


def test_a_definition_of_mysql_takes_away_the_comment_that_it_does_not_repeat() -> None:
    head = "create table t (a int comment 'x');"
    assert replayed(f"{head} alter table t modify a bigint;", "mysql").columns["a"].comment is None
    assert replayed(f"{head} alter table t modify a bigint comment 'y';", "mysql").columns["a"].comment == "y"
    assert replayed(f"{head} alter table t alter a set default 1;", "mysql").columns["a"].comment == "x"


@pytest.mark.parametrize(
    ("dialect", "clause", "columns"),
    [
        ("postgres", "partition by range (time)", ("time",)),
        ("postgres", "partition by range (at)", ("at",)),
        ("postgres", "partition by list (text)", ("text",)),
        ("postgres", "partition by range ((at at time zone 'utc'))", ("at",)),
        ("postgres", "partition by range (cast(time as date))", ("time",)),
        ("postgres", "partition by range (extract(year from at))", ("at",)),
        ("postgres", "partition by range (date_trunc('day', time))", ("time",)),
        ("bigquery", "partition by timestamp_trunc(time, day)", ("time",)),
        ("bigquery", "partition by date(at)", ("at",)),
        ("mysql", "partition by range (to_days(at)) (partition p values less than maxvalue)", ("at",)),
        ("clickhouse", "engine = MergeTree partition by (toYYYYMM(time), text) order by at", ("time", "text")),
        ("spark", "using iceberg partitioned by (days(time))", ("time",)),
    ],
)
def test_columns_are_called_like_types_and_words(dialect: str, clause: str, columns: tuple[str, ...]) -> None:
    table = replayed(f"create table t (time timestamp, at timestamp, text varchar(9)) {clause};", dialect)
    assert table.partitioning is not None
    assert table.partitioning.columns == columns


@pytest.mark.parametrize(
    "text",
    [
        """exec sys.sp_addextendedproperty @name=N'MS_Description', @value=N'What is sold', @level0name=N'dbo',
        @level0type=N'SCHEMA', @level1type=N'TABLE', @level1name=N't'{column}""",
        "execute sp_updateextendedproperty 'ms_description', 'What is sold', 'schema', dbo, 'table', t{column}",
    ],
)
def test_extended_properties_of_sql_server_are_comments(text: str) -> None:
    column = ", 'column', a" if "@name" not in text else ", @level2type=N'COLUMN', @level2name=N'a'"
    head = "create table dbo.t (a int)\ngo\n"
    of_table = replayed(head + text.format(column=""), "tsql")
    assert (of_table.comment, of_table.columns["a"].comment) == ("What is sold", None)
    of_column = replayed(head + text.format(column=column), "tsql")
    assert (of_column.comment, of_column.columns["a"].comment) == (None, "What is sold")
    dropped = "\ngo\nexec sp_dropextendedproperty 'MS_Description', 'schema', 'dbo', 'table', 't'"
    assert replayed(head + text.format(column="") + dropped, "tsql").comment is None
    other = text.replace("MS_Description", "MS_Diagram").replace("ms_description", "x")
    assert replayed(head + other.format(column=""), "tsql").comment is None


def test_a_partitioning_that_is_removed() -> None:
    head = "create table t (a int, b int) partition by hash (a) partitions 4;"
    assert replayed(head, "mysql").partitioning is not None
    assert replayed(f"{head} alter table t remove partitioning;", "mysql").partitioning is None


def test_comments_that_clickhouse_sets_by_alter() -> None:
    table = replayed("create table t (a Int8) order by a; alter table t comment column if exists a 'x';", "clickhouse")
    assert table.columns["a"].comment == "x"


def test_indexes_inside_and_beside_a_table() -> None:
    hybrid = replayed("create hybrid table t (a int primary key, b int, index by_b (b));", "snowflake")
    assert list(hybrid.columns) == ["a", "b"]
    assert [(index.name, index.columns) for index in hybrid.indexes] == [("by_b", ("b",))]
    plain = replayed("create table t (index number(9), a int);", "snowflake")
    assert list(plain.columns) == ["index", "a"]
    bitmap = replayed("create table t (a int); create bitmap index i on t (a);", "oracle")
    assert [index.method for index in bitmap.indexes] == ["bitmap"]


def test_sql_server_fills_in_the_version_of_a_row() -> None:
    table = replayed("create table t (a int, v rowversion, w timestamp not null, d datetime);", "tsql")
    assert [name for name, column in table.columns.items() if column.generated] == ["v", "w"]
    assert not replayed("create table t (w timestamp);", "postgres").columns["w"].generated


def test_an_index_becomes_a_key() -> None:
    head = "create table t (a int, b int); create unique index i on t (b);"
    primary = replayed(f"{head} alter table t add constraint p primary key using index i;", "postgres")
    assert [(key.kind.value, key.name, key.columns) for key in primary.keys] == [("primary", "p", ("b",))]
    assert (primary.indexes, primary.columns["b"].nullable) == ((), False)
    unique = replayed(f"{head} alter table t add unique using index i;", "postgres")
    assert [(key.kind.value, key.name, key.columns) for key in unique.keys] == [("unique", "i", ("b",))]
    unknown = replayed(f"{head} alter table t add primary key using index j;", "postgres")
    assert (unknown.keys, len(unknown.indexes)) == ((), 1)


@pytest.mark.parametrize(
    ("text", "generated"),
    [
        ("alter table t alter column a add generated by default as identity (sequence name s)", True),
        ("alter table only t alter a add generated always as identity; alter table t alter a drop identity", False),
        ("alter table t alter a set default 1", False),
    ],
)
def test_a_column_becomes_an_identity(text: str, generated: bool) -> None:
    assert replayed(f"create table t (a bigint not null); {text};", "postgres").columns["a"].generated is generated


def test_what_cluster_says_of_a_table() -> None:
    head = "create table t (a int, b int);"
    assert replayed(f"{head} alter table t cluster on t_pkey;", "postgres").clustering is None
    sorted_by = replayed(f"{head} alter table t cluster by (b);", "snowflake").clustering
    assert sorted_by is not None
    assert sorted_by.columns == ("b",)
    merge_tree = "create table t (a Int8, b Int8) engine = MergeTree order by a; alter table t modify order by (a, b);"
    sorted_by = replayed(merge_tree, "clickhouse").clustering
    assert sorted_by is not None
    assert sorted_by.columns == ("a", "b")


def test_comments_that_snowflake_sets_by_alter() -> None:
    assert (
        replayed("create table t (a int) comment = 'x'; alter table t set comment = 'y';", "snowflake").comment == "y"
    )


def test_partitions_as_mysqldump_writes_them() -> None:
    dump = """create table t (
      `a` int not null, b int /*!80023 INVISIBLE */, key `k` (`a`) /*!80000 INVISIBLE */
    ) ENGINE=InnoDB
    /*!50100 PARTITION BY RANGE (`a`)
    (PARTITION p0 VALUES LESS THAN (100) ENGINE = InnoDB,
     PARTITION p1 VALUES LESS THAN MAXVALUE ENGINE = InnoDB) */;
    create table u (a int) /* PARTITION BY HASH (a) */;
    """
    tables = catalog({"dump.sql": dump}, "mysql")
    table, plain = (tables.table(TableName((one,))) for one in ("t", "u"))
    assert table is not None
    assert table.partitioning is not None
    assert (table.partitioning.kind, table.partitioning.columns) == ("range", ("a",))
    assert plain is not None
    assert plain.partitioning is None


def test_a_table_of_clickhouse_with_the_columns_of_another() -> None:
    text = "create table s (a Int8, b String) engine = MergeTree order by a; create table t on cluster c as s engine = Distributed(c, d, s);"
    table = replayed(text, "clickhouse")
    assert (list(table.columns), table.complete) == (["a", "b"], True)
    assert not replayed("create table t as numbers(10)", "clickhouse").columns


@pytest.mark.parametrize("path", ["structure.sql", "migrations/001_t.sql"])
def test_what_a_dump_takes_down_before_it_makes_a_table_is_no_change_of_that(path: str) -> None:
    clean = """
    alter table if exists only public.t drop constraint if exists t_pkey;
    alter table if exists public.t alter column id drop default;
    drop table if exists public.t;
    create table public.t (id uuid default gen_random_uuid() not null, code text);
    alter table only public.t add constraint t_pkey primary key (id);
    """
    table = replayed(clean, "postgres", path)
    assert [key.columns for key in table.keys] == [("id",)]
    assert table.columns["id"].default == "gen_random_uuid()"


def test_what_another_file_changes_still_waits_for_the_table() -> None:
    files = {
        "a_constraints.sql": "alter table t add constraint t_pkey primary key (id);",
        "b_tables.sql": "create table t (id bigint not null);",
    }
    table = catalog(files, "postgres").table(TableName(("t",)))
    assert table is not None
    assert [key.columns for key in table.keys] == [("id",)]
