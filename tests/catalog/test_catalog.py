"""Folding changes in order, and looking tables up by name."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from ddl import catalog, changes

from leaktight.catalog.catalog import Catalog, catalog_of
from leaktight.catalog.change import CreateTable, DropIndex, TableChange, TypeChange
from leaktight.catalog.effects import with_index_changed
from leaktight.catalog.table import Column, Index, Table, TableName
from leaktight.diagnostics import Location
from leaktight.text import Position, Span


def name(text: str) -> TableName:
    return TableName(tuple(text.split(".")))


def test_migrations_add_up() -> None:
    found = catalog(
        {
            "db/migrations/V10__more.sql": "alter table orders rename column total to amount; create index by_day on orders (day);",
            "db/migrations/V2__columns.sql": "alter table orders add column day date not null, drop column note;",
            "db/migrations/V1__init.sql": "create table shop.orders (id bigint primary key, total int, note text);",
            "db/migrations/V11__types.sql": "alter table shop.orders alter column amount type numeric(12, 2);",
            "db/migrations/U2__columns.sql": "alter table shop.orders drop column day;",
        }
    )
    table = found.table(name("orders"))
    assert table is not None
    assert str(table.name) == "shop.orders"
    assert [(column.name, column.type) for column in table.columns.values()] == [
        ("id", "BIGINT"),
        ("amount", "NUMERIC(12, 2)"),
        ("day", "DATE"),
    ]
    assert table.nullable("day") is False
    assert [index.columns for index in table.indexes] == [("day",)]


def test_renames_reach_keys_indexes_and_partitions() -> None:
    found = catalog(
        {
            "a.sql": "create table t (a int, b int, primary key (a, b)) partition by range (b); create index i on t (b) include (a);"
            "alter table t rename column b to c; alter table t rename to u;"
        }
    )
    table = found.table(name("u"))
    assert found.table(name("t")) is None
    assert table is not None
    assert table.unique_keys() == (("a", "c"),)
    assert table.partitioning is not None
    assert table.partitioning.columns == ("c",)
    assert (table.indexes[0].columns, table.indexes[0].included) == (("c",), ("a",))


def test_keys_come_and_go() -> None:
    text = "create table t (a int unique, b int); alter table t add primary key (b); alter table t add constraint u unique (b, a);"
    table = catalog({"a.sql": text}).table(name("t"))
    assert table is not None
    assert table.unique_keys() == (("a",), ("b",), ("b", "a"))
    assert table.nullable("b") is False
    dropped = catalog({"a.sql": text + "alter table t drop constraint t_pkey; alter table t drop constraint u;"})
    table = dropped.table(name("t"))
    assert table is not None
    assert table.unique_keys() == (("a",),)
    table = catalog({"a.sql": text + "alter table t drop constraint t_a_key; alter table t drop column b;"}).table(
        name("t")
    )
    assert table is not None
    assert table.unique_keys() == ()


@pytest.mark.parametrize(
    ("dialect", "definition", "drop", "left"),
    [
        ("mysql", "unique key (a)", "alter table t drop index a", ()),
        ("mysql", "unique key (a, b)", "drop index a on t", ()),
        ("mysql", "unique key (a)", "alter table t drop index b", (("a",),)),
        ("mysql", "unique key (a)", "alter table t drop constraint a", ()),
        ("mysql", "primary key (a)", "alter table t drop index a", (("a",),)),
        ("postgres", "unique (a)", "alter table t drop constraint a", (("a",),)),
        ("oracle", "unique (a, b), primary key (a)", "alter table t drop unique (b, a)", (("a",),)),
        ("oracle", "unique (a, b)", "alter table t drop unique (a)", (("a", "b"),)),
    ],
)
def test_keys_without_a_name_are_dropped_as_their_engine_calls_them(
    dialect: str, definition: str, drop: str, left: tuple[tuple[str, ...], ...]
) -> None:
    text = f"create table t (a int, b int, {definition}); {drop};"
    table = catalog_of(changes(text, dialect)).table(name("t"))
    assert table is not None
    assert table.unique_keys() == left


def test_an_index_without_a_name_is_dropped_by_its_column() -> None:
    text = "create table t (a int, b int, index (a), index (b)); alter table t drop index a;"
    table = catalog_of(changes(text, "mysql")).table(name("t"))
    assert table is not None
    assert [index.columns for index in table.indexes] == [("b",)]


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("create table t (a int, exclude (a with =));", ["a with ="]),
        ("create table t (a int, constraint x exclude using gist (lower(b) with =, during with &&) where (c));", []),
        ("create table t (a int, exclude using gist (a with =, b with <>));", []),
        ("create table t (a int); alter table t add constraint x exclude (a with =);", ["a with ="]),
        ("create table t (a int, constraint x exclude (a with =)); alter table t drop constraint X;", []),
        ("create table t (a int, b int, exclude (b with =)); alter table t drop column b;", []),
        ("create table t (a int, exclude (a with =)); alter table t rename column a to c;", ["c with ="]),
        ("create table t (a int, exclude boolean, b int);", []),
        ("create table t (a int); alter table t add exclude boolean;", []),
        ("create table t (a int, exclude ());", []),
        ("create table t (a int, exclude using gist);", []),
    ],
)
def test_an_exclusion_that_lets_no_row_in_twice_is_no_key(text: str, kept: list[str]) -> None:
    table = catalog({"a.sql": text}).table(name("t"))
    assert table is not None
    assert [one.condition for one in table.exclusions] == kept
    assert table.keys == ()


PARENTS = "create table a (id int primary key, x text); create table b (id int, y int not null);"


@pytest.mark.parametrize(
    ("text", "columns", "parents", "complete"),
    [
        ("create table c () inherits (a);", "id x", "a", True),
        ("create table c (z int) inherits (a, b);", "id x y z", "a b", True),
        ("create table c (y text) inherits (b, a);", "id y x", "a b", True),
        ("create table c (like b including all) inherits (a);", "id x y", "a", True),
        ("create table c (z int) inherits (a, nowhere);", "id x z", "a", False),
        ("create table c (z int) inherits (c);", "z", "", False),
        ("create table c (z int);", "z", "", True),
    ],
)
@pytest.mark.parametrize("late", [False, True])
def test_a_table_has_the_columns_of_all_that_it_inherits_from(
    late: bool, text: str, columns: str, parents: str, complete: bool
) -> None:
    tables = catalog({"a.sql": text, "b.sql": PARENTS} if late else {"a.sql": PARENTS + text})
    table = tables.table(name("c"))
    assert table is not None
    assert (" ".join(table.columns), table.complete) == (columns, complete)
    holding = [one for one in tables if "c" in [str(part.name) for part in one.parts]]
    assert " ".join(sorted(str(one.name) for one in holding)) == parents
    assert table.primary_key is None


def test_what_inherits_is_of_the_schema_that_is_chosen() -> None:
    tables = catalog({"a.sql": "set search_path to shop; create table a (id int); create table c () inherits (a);"})
    parent = tables.table(name("shop.a"))
    assert parent is not None
    assert [str(part.name) for part in parent.parts] == ["shop.c"]


def test_an_index_without_name_and_columns_is_passed_over_where_another_is_dropped() -> None:
    table = Table(name("t"), indexes=(Index(None, ()), Index(None, ("a",))), dialect="mysql")
    dropped = with_index_changed(table, DropIndex("a", name("t")), "a")
    assert [index.columns for index in dropped.indexes] == [()]


@pytest.mark.parametrize(("again", "generated"), [("not null auto_increment", True), ("not null", False)])
def test_a_new_definition_says_anew_what_the_engine_fills(again: str, generated: bool) -> None:
    text = f"create table t (id int auto_increment, a int); alter table t modify id bigint {again};"
    table = catalog_of(changes(text, "mysql")).table(name("t"))
    assert table is not None
    assert table.columns["id"].generated is generated


def test_renames_reach_into_expressions() -> None:
    table = catalog(
        {
            "a.sql": "create table t (ts timestamp, date date, n int) partition by range (date_trunc('ts', ts));"
            "create unique index i on t (lower(ts), (ts::date)) where ts > 'ts' and today(ts) > n;"
            "alter table t rename column ts to made; alter table t rename column date to d;"
        }
    ).table(name("t"))
    assert table is not None
    assert table.partitioning is not None
    assert table.partitioning.expression == "range (date_trunc('ts', made))"
    assert table.indexes[0].columns == ("lower(made)", "(made::date)")
    assert table.indexes[0].predicate == "made > 'ts' and today(made) > n"


def test_a_dropped_column_takes_the_indexes_over_it_along() -> None:
    table = catalog(
        {
            "a.sql": "create table t (a text, b int, lower int); create unique index i on t (lower(a));"
            "create index j on t (b) where a is null; create index k on t (b) where lower(b) > 'a';"
            "alter table t drop column a; alter table t drop column lower;"
        }
    ).table(name("t"))
    assert table is not None
    assert [index.name for index in table.indexes] == ["k"]


def test_a_partition_that_adds_a_constraint_keeps_its_parents_types() -> None:
    table = catalog(
        {
            "a.sql": "create table t (a int, d date default now()) partition by range (d);"
            "create table p partition of t (a not null, d default '2024-01-01') for values from (minvalue) to (maxvalue);"
        }
    ).table(name("p"))
    assert table is not None
    assert [(column.type, column.nullable, column.default) for column in table.columns.values()] == [
        ("INT", False, None),
        ("DATE", True, "'2024-01-01'"),
    ]


def test_unique_indexes_count_as_keys_unless_partial() -> None:
    found = catalog(
        {
            "a.sql": "create table t (a int, b int); create unique index i on t (a); create unique index j on t (b) where a > 0;"
        }
    )
    table = found.table(name("t"))
    assert table is not None
    assert table.unique_keys() == (("a",),)
    assert len(table.indexes) == 2
    dropped = catalog({"a.sql": "create table t (a int); create unique index i on t (a); drop index i;"}).table(
        name("t")
    )
    assert dropped is not None
    assert dropped.indexes == ()


def test_like_clone_and_partitions_take_over_the_shape() -> None:
    found = catalog(
        {
            "a.sql": "create table t (id int primary key, day date not null) partition by range (day);"
            "create table t_2024 partition of t for values from ('2024-01-01') to ('2025-01-01');"
            "create table loose (id int, day date); alter table t attach partition loose default;"
            "create table copy (like t); create table twin (like t including all); create table lost (like nothing);"
        }
    )
    part, loose, copy, twin, lost = (found.table(name(item)) for item in ("t_2024", "loose", "copy", "twin", "lost"))
    assert part is not None
    assert (part.kind, list(part.columns), part.complete) == ("partition", ["id", "day"], True)
    assert part.unique_keys() == (("id",),)
    assert loose is not None
    assert loose.kind == "partition"
    assert copy is not None
    assert (list(copy.columns), copy.keys) == (["id", "day"], ())
    assert copy.nullable("day") is False
    assert twin is not None
    assert twin.unique_keys() == (("id",),)
    assert lost is not None
    assert not lost.complete


def test_files_without_a_number_may_stand_in_any_order() -> None:
    found = catalog(
        {
            "ddl/constraints.sql": "alter table shop.orders add primary key (id); create index i on shop.orders (day);",
            "ddl/copies.sql": "create table orders_old (like shop.orders including all);",
            "ddl/orders.sql": "create table shop.orders (id int, day date);",
            "a_demo/orders.sql": "create table orders (id int, note text);",
        }
    )
    table, copy = found.table(name("shop.orders")), found.table(name("orders_old"))
    assert table is not None
    assert table.unique_keys() == (("id",),)
    assert len(table.indexes) == 1
    assert copy is not None
    assert (list(copy.columns), copy.unique_keys()) == (["id", "day"], (("id",),))


def test_comments_and_column_facts() -> None:
    table = catalog(
        {
            "a.sql": "create table t (a int default 1, b int); comment on column t.a is 'x'; comment on table t is 'y';"
            "alter table t alter a drop default; comment on column t.nothing is 'z';"
        }
    ).table(name("t"))
    assert table is not None
    assert (table.comment, table.columns["a"].comment, table.columns["a"].default) == ("y", "x", None)
    assert list(table.columns) == ["a", "b"]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("prod.shop.orders", "prod.shop.orders"),
        ("shop.orders", "prod.shop.orders"),
        ("ORDERS", "prod.shop.orders"),
        ("other.shop.orders", None),
        ("audit.orders", None),
        ("us.prod.shop.orders", "prod.shop.orders"),
        ("items", None),
    ],
)
def test_names_match_by_their_ends(asked: str, found: str | None) -> None:
    table = catalog({"a.sql": "create table prod.shop.orders (id int);"}).table(name(asked), "postgres")
    assert (str(table.name) if table else None) == found


def test_a_name_that_means_two_tables_means_none() -> None:
    found = catalog({"a.sql": "create table shop.orders (id int); create table audit.orders (at timestamp);"})
    assert found.table(name("orders")) is None
    assert str(found.table(name("audit.orders"))) != "None"
    assert len(found.named("orders")) == 2


def test_one_name_in_two_unrelated_scripts() -> None:
    files = {
        "billing/schema.sql": "create table users (id int primary key, card text);",
        "auth/schema.sql": "create table users (id int primary key, password text);",
        "auth/more.sql": "alter table users add column salt text;",
    }
    found = catalog(files)
    assert found.table(name("users"), "postgres") is None
    billing = found.table(name("users"), "postgres", "billing/jobs/report.py")
    auth = found.table(name("users"), "postgres", "auth/login.py")
    assert billing is not None
    assert list(billing.columns) == ["id", "card"]
    assert auth is not None
    assert list(auth.columns) == ["id", "password", "salt"]


def test_a_dump_beside_migrations_is_one_table() -> None:
    found = catalog(
        {
            "db/structure.sql": "create table users (id int primary key, name text, email text);",
            "db/migrate/001_users.sql": "create table users (id int primary key, name text);",
            "db/migrate/002_email.sql": "alter table users add column email text; drop table if exists other;",
        }
    )
    table = found.table(name("users"))
    assert table is not None
    assert list(table.columns) == ["id", "name", "email"]


def test_drops_reach_their_own_home_alone() -> None:
    files = {"a_create.sql": "create table t (a int);", "z_drop_all.sql": "drop table if exists t;"}
    assert catalog(files).table(name("t")) is not None
    files = {"m/001_a.sql": "create table t (a int);", "m/002_b.sql": "drop table t;"}
    assert catalog(files).table(name("t")) is None
    assert catalog({"a.sql": "create table t (a int); drop table t;"}).table(name("t")) is None
    again = catalog({"a.sql": "drop table if exists t; create table t (b int);", "b.sql": "select 1;"}).table(name("t"))
    assert again is not None


def test_create_if_not_exists_keeps_the_first_and_create_or_replace_the_last() -> None:
    first = catalog({"a.sql": "create table t (a int); create table if not exists t (b int);"}).table(name("t"))
    last = catalog({"a.sql": "create table t (a int); create or replace table t (b int);"}).table(name("t"))
    assert first is not None
    assert list(first.columns) == ["a"]
    assert last is not None
    assert list(last.columns) == ["b"]


def test_temporary_tables_are_known_in_their_file_alone() -> None:
    files = {
        "jobs/a.sql": "create temp table orders (x int); create temp table picked (x int);",
        "ddl/orders.sql": "create table orders (id int);",
    }
    found = catalog(files)
    outside, inside = (
        found.table(name("orders"), "postgres", "b.sql"),
        found.table(name("orders"), "postgres", "jobs/a.sql"),
    )
    assert outside is not None
    assert list(outside.columns) == ["id"]
    assert inside is not None
    assert list(inside.columns) == ["x"]
    assert found.table(name("picked"), "postgres", "b.sql") is None


def test_dialects_are_kept_apart() -> None:
    postgres = changes("create table events (a int);", "postgres", "pg/a.sql")
    bigquery = changes("create table events (b int64);", "bigquery", "bq/a.sql")
    found = catalog_of([*postgres, *bigquery])
    for dialect, column in (("postgres", "a"), ("bigquery", "b"), ("redshift", "a")):
        table = found.table(name("events"), dialect)
        assert table is not None
        assert list(table.columns) == [column]
    assert found.table(name("events"), "mysql") is None
    unqualified = catalog_of(postgres)
    assert unqualified.table(name("audit.events"), "postgres") is not None
    assert unqualified.table(name("audit.events"), "bigquery") is None


def test_what_was_asked_for_is_remembered() -> None:
    found = Catalog([Table(name("shop.orders"), {"id": Column("id")})])
    found.table(name("Shop.Orders"))
    found.named("Items")
    assert found.asked == {"orders", "items"}


def test_ten_thousand_changes_fold_in_no_time() -> None:
    text = "".join(
        f"create table s{n % 7}.t{n} (id int primary key, a int); alter table s{n % 7}.t{n} add b int; "
        f"create index i{n} on t{n} (a); drop index i{n};\n"
        for n in range(2500)
    )
    read = changes(text, "postgres")
    assert len(read) == 10_000
    start = time.perf_counter()
    found = catalog_of(read)
    assert time.perf_counter() - start < 60
    assert len(found) == 2500


def test_a_script_beside_the_migrations_takes_no_key_away() -> None:
    create = (
        "create table shop.orders (id bigint);\nalter table shop.orders add constraint orders_pk primary key (id);\n"
    )
    drop = "alter table shop.orders drop constraint orders_pk;\n"
    beside = catalog({"migrations/V1__orders.sql": create, "scripts/drop_all_constraints.sql": drop})
    within = catalog({"migrations/V1__orders.sql": create, "migrations/V2__drop.sql": drop})
    assert [len(table.keys) for table in (*beside, *within)] == [1, 0]


def test_what_is_said_of_a_share_of_tables_in_a_folder_or_anywhere() -> None:
    def table(path: str, *, owner: str | None = None, kind: str = "table") -> Table:
        place = Location(path, Span(0, 1), Position(1, 1), Position(1, 2))
        return Table(
            name("t"),
            {"id": Column("id", classification="pii" if owner else None)},
            kind=kind,
            owner=owner,
            location=place,
        )

    catalog = Catalog(
        [
            table("a/x.sql", owner="web"),
            table("a/y.sql"),
            table("a/v.sql", kind="view"),
            table("b/x.sql"),
            table("b/c/x.sql", owner="web"),
        ]
    )
    assert catalog.says("owner")
    assert catalog.says("owner", 0.5)
    assert not catalog.says("owner", 0.6)
    assert catalog.says("owner", 0.5, folder="a/")
    assert not catalog.says("owner", folder="b/")
    assert not catalog.says("owner", folder="")
    assert catalog.says("classification")
    assert not catalog.says("retention")
    assert {catalog.answer(asked) for asked in catalog.asked if "owner 0.0" in asked} == {"True", "False"}


def test_tables_of_one_name_in_many_files_take_time_in_proportion() -> None:
    text = "drop table if exists users; create table users (id int, a int); alter table users add column b int;"
    of_all: list[TableChange | TypeChange] = []
    for number in range(2_000):
        for change in changes(text, "postgres") if not number else of_all[:3]:
            assert change.location is not None
            moved = replace(change, location=replace(change.location, path=f"f{number}/setup.sql"))
            if isinstance(moved, CreateTable):
                moved = replace(moved, table=replace(moved.table, location=moved.location))
            of_all.append(moved)
    start = time.process_time()
    known = catalog_of(of_all)
    assert len(known) == 2_000
    assert all(list(table.columns) == ["id", "a", "b"] for table in known)
    found = known.table(name("users"), "postgres", "f7/setup.sql")
    assert found is not None
    assert found.location is not None
    assert found.location.path == "f7/setup.sql"
    assert time.process_time() - start < 5


def test_a_drop_takes_away_what_its_own_file_made_whatever_others_are_called() -> None:
    files = {
        "a.sql": "create table shop.users (id int); drop table users;",
        "b.sql": "create table users (id int);",
    }
    assert [str(one.name) for one in catalog(files)] == ["users"]
    assert [str(one.name) for one in catalog({"0.sql": files["b.sql"], "a.sql": files["a.sql"]})] == ["users"]


def test_a_question_about_a_model_rests_on_whether_there_is_any() -> None:
    orders = Table(name("orders"), {"id": Column("id")})
    without = Catalog([orders])
    assert without.table(name("orders"), path="shop/analyses/a.sql", is_reference=True) is orders
    other = Catalog([orders, Table(name("other"), {"id": Column("id")}, scope="shop/")])
    assert other.table(name("orders"), path="shop/analyses/a.sql", is_reference=True) is None
    assert any(without.answer(asked) != other.answer(asked) for asked in without.asked)
    assert all(without.answer(asked) == Catalog([orders]).answer(asked) for asked in without.asked)


def test_whether_there_is_any_table_is_a_question() -> None:
    empty = Catalog()
    assert empty.is_empty
    assert [empty.answer(asked) == Catalog([Table(name("orders"))]).answer(asked) for asked in empty.asked] == [False]


def test_a_name_without_a_schema_means_a_table_of_its_own_file_first() -> None:
    found = catalog(
        {
            "sql/updates/20250101-runs.sql": "create table runs (id int);",
            "sql/updates/all/30.sql": "set search_path = shop; create table runs (id int); alter table runs add primary key (id);",
        }
    )
    keyed = {table.location.path: bool(table.keys) for table in found if table.location is not None}
    assert keyed == {"sql/updates/20250101-runs.sql": False, "sql/updates/all/30.sql": True}


def test_a_rename_is_not_made_again_where_the_new_name_is_there() -> None:
    dump = "create table snapshots (id int, body text); create table sets (id int);"
    update = {"updates/20200101-sets.sql": "alter table snapshots rename to sets;"}
    assert sorted(str(table.name) for table in catalog({"sql/tables.sql": dump, **update})) == ["sets", "snapshots"]
    alone = {"sql/tables.sql": "create table snapshots (id int, body text);", **update}
    assert [str(table.name) for table in catalog(alone)] == ["sets"]


@pytest.mark.parametrize(
    ("copy", "checks", "derived"),
    [
        ("create table c (like t including all)", 1, True),
        ("create table c (like t)", 0, True),
        ("create table c () inherits (t)", 1, True),
        ("create table c partition of t for values in (1)", 1, False),
        ("create table c as select id from t", 0, True),
        ("select id into c from t", 0, True),
        ("create table c (id int)", 0, False),
    ],
)
def test_what_a_copy_takes_over(copy: str, checks: int, derived: bool) -> None:
    table = catalog({"a.sql": f"create table t (id int check (id > 0)); {copy};"}).table(name("c"))
    assert table is not None
    assert (len(table.checks), table.derived) == (checks, derived)


@pytest.mark.parametrize(
    ("dialect", "definition", "drop", "left"),
    [
        ("postgres", "a text check (a in ('x', 'b'))", "drop constraint t_a_check", 0),
        ("postgres", "a text, b text, check (a < b)", "drop constraint t_check", 0),
        ("postgres", "a text, b text, check (a in ('b', 'c'))", "drop constraint if exists t_a_check", 0),
        ("postgres", "a text check (a <> '')", "drop constraint t_b_check", 1),
        ("postgres", "a text constraint t_a_known check (a <> '')", "drop constraint t_a_check", 1),
        ("mysql", "a text, constraint known check (a <> '')", "drop check known", 0),
        ("mysql", "a text, constraint known check (a <> '')", "drop constraint known", 0),
        ("mysql", "a text, constraint known check (a <> '')", "drop check other", 1),
        ("tsql", "a text check (a <> '')", "drop constraint t_a_check", 1),
    ],
)
def test_checks_are_dropped_as_their_engine_calls_them(dialect: str, definition: str, drop: str, left: int) -> None:
    table = catalog_of(changes(f"create table t ({definition}); alter table t {drop};", dialect)).table(name("t"))
    assert table is not None
    assert (len(table.checks), len(table.former_checks)) == (left, 1)


def test_a_table_remembers_the_checks_that_it_had() -> None:
    text = """
    create table t (a text check (a <> ''), b int);
    alter table t drop constraint t_a_check;
    alter table t add constraint known check (a in ('x', 'y'));
    alter table t rename column a to c;
    alter table t add constraint big check (b > 1);
    alter table t drop column b;
    """
    table = catalog({"a.sql": text}).table(name("t"))
    assert table is not None
    assert [check.condition for check in table.former_checks] == ["c <> ''", "c in ('x', 'y')"]
    assert [check.name for check in table.checks] == ["known"]
