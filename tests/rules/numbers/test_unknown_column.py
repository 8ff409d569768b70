"""Doubtful cases of `unknown-column`."""

from __future__ import annotations

import textwrap

import pytest

from leaktight.testing import run
from leaktight_rules.numbers.unknown_column import UnknownColumn

DDL = """
create table shop.orders (order_id bigint primary key, customer_id bigint, total numeric(12, 2), address jsonb, placed_at timestamp);
create table shop.customers (customer_id bigint primary key, email varchar(80), country char(2));
create table shop.lines (order_id bigint, sku text, price numeric(8, 2)) partition by list (sku);
create view shop.big as select order_id, total from shop.orders where total > 100;
"""


def found(sql: str, dialect: str = "postgres", path: str = "jobs/a.sql", **files: str) -> list[str]:
    report = run(UnknownColumn(), {"ddl/tables.sql": DDL, **files, path: sql}, reported=path, dialect=dialect)
    return [sql[slice(*item.location.span)] for item in report.diagnostics]


@pytest.mark.parametrize(
    ("sql", "names"),
    [
        ("select order_id, totl from shop.orders", ["totl"]),
        ("select o.order_id, o.totl from shop.orders o", ["o.totl"]),
        ("set search_path to shop; select order_id, totl from orders", ["totl"]),
        ("select order_id from shop.orders where totl > 3", ["totl"]),
        ("select order_id, total from shop.orders order by totl", ["totl"]),
        ("update shop.orders set totl = 3 where order_id = 1", ["totl"]),
        ("delete from shop.orders where order_id = 1 and totl = 3", ["totl"]),
        ("insert into shop.orders (order_id, totl) values (1, 2)", ["totl"]),
        ("select order_id, (select emial from shop.customers c where c.customer_id = o.customer_id) from shop.orders o", ["emial"]),
        ("with o as (select * from shop.orders) select o.order_id, c.emial from o join shop.customers c using (customer_id)", ["c.emial"]),
        ("select order_id, total, price, skv from shop.orders o join shop.lines l using (order_id)", ["skv"]),
        ("select order_id, total, customer_id, colour from shop.orders", ["colour"]),
    ],
)  # fmt: skip
def test_a_column_that_no_table_has(sql: str, names: list[str]) -> None:
    assert found(sql) == names


@pytest.mark.parametrize(
    "sql",
    [
        "select order_id, total from shop.orders",
        "select ORDER_ID, Total from shop.orders",
        "select order_id, total from shop.orders where customer_id = any(sqlc.arg(buyers)::bigint[]) limit sqlc.arg(size)",
        "select order_id, ctid, xmin, tableoid from shop.orders",
        "select order_id, _PARTITIONTIME from shop.orders",
        "select o.order_id, to_json(o) from shop.orders o",
        "select order_id, total * 2 as twice from shop.orders order by twice",
        "select o.address.totl, order_id from shop.orders o",
        "select x.order_id, x.totl from shop.orders o",
        "select order_id, totl from shop.orders, lateral jsonb_each(address)",
        "select order_id, totl from shop.orders o join unnest(array[1]) u on true",
        "select order_id, totl from shop.orders o join elsewhere e using (order_id)",
        "select order_id, totl from billing.orders",
        "select order_id, totl from orders",
        "select order_id, total, colour from shop.orders",
        "with orders as (select 1 as totl) select totl from orders",
        "select order_id, totl from (select order_id, total as totl from shop.orders) x",
        "select id, namee, valeu, dya from shop.orders",
        "insert into shop.orders (order_id, total) values (1, 2) on conflict (order_id) do update set total = excluded.total",
        "select order_id from shop.orders union all select order_id from shop.lines order by totl",
        "create function f(p_total int) returns bigint language sql as $$ select order_id from shop.orders where total = p_total $$",
        "select date_part('day', placed_at), order_id from shop.orders where dateadd(day, 1, placed_at) > now()",
        "select order_id, total, geom from shop.orders",
        "alter table shop.orders add column totl int; update shop.orders set totl = total where order_id = 1",
    ],
)
def test_a_name_that_may_be_something_else(sql: str) -> None:
    assert found(sql) == []


def test_a_temporary_table_of_the_same_name() -> None:
    sql = (
        "create temp table runs as select 1 as id, 2 as totl; insert into audit.runs (id, total, totl) values (1, 2, 3)"
    )
    assert found(sql) == []


def test_a_namesake_that_has_the_column() -> None:
    sql = "select order_id, total, totl from shop.orders"
    assert found(sql, **{"other/tables.sql": "create table orders (order_id int, total int, totl int)"}) == []
    assert found(sql, **{"other/tables.sql": "create table orders (order_id int, total int, placed_at date)"}) == [
        "totl"
    ]


def test_a_table_of_the_tests_is_not_the_one_that_lasts() -> None:
    sql = "select id, namee, total from stock"
    stock = "create table stock (id int, name text, total int)"
    assert found(sql, **{"ddl/stock.sql": stock}) == ["namee"]
    assert found(sql, **{"tests/stock.sql": stock}) == []


def test_a_migration_sees_the_table_as_it_was() -> None:
    sql = "select order_id, totl from shop.orders"
    assert found(sql, path="migrations/V3__totals.sql") == []
    assert found(sql, path="sql/03_totals.sql") == []


@pytest.mark.parametrize(
    ("column", "names"), [("namee", ["namee"]), ("nmae", ["nmae"]), ("title", []), ("name_1", []), ("names_of", [])]
)
def test_of_a_table_made_of_a_query_only_one_keystroke_is_told(column: str, names: list[str]) -> None:
    made = "create table stock as select id, upper(n) as name, total, price from base"
    sql = f"select id, {column}, total, price from stock"
    assert found(sql, **{"ddl/stock.sql": made}) == names
    assert found(sql, **{"ddl/stock.sql": made, "ddl/u.sql": f"alter table stock add column {column} text"}) == []


@pytest.mark.parametrize(
    ("made", "column", "names"),
    [
        ("create table shop.busy as select * from shop.orders", "totl", ["totl"]),
        ("create table shop.busy as select * from shop.orders", "colour", ["colour"]),
        ("create table shop.busy as select o.*, 1 as n from shop.orders o", "totl", ["totl"]),
        ("create table shop.busy as select o.*, 1 as n from shop.orders o", "colour", []),
        ("create table shop.busy as with o as (select * from shop.orders) select * from o", "totl", ["totl"]),
        ("select * into shop.busy from shop.orders", "totl", ["totl"]),
        ("create table shop.busy as select * from shop.orders; alter table shop.busy add column totl int", "totl", []),
        ("create table shop.busy as select * from shop.elsewhere", "totl", []),
        ("create table shop.busy as select o.*, l.* from shop.orders o, elsewhere l", "totl", []),
        ("create table shop.busy as select *, 1 as totl from shop.orders", "totl", []),
    ],
)
def test_a_table_made_of_all_columns_of_another(made: str, column: str, names: list[str]) -> None:
    sql = f"select order_id, customer_id, total, {column} from shop.busy"
    assert found(sql, **{"etl/busy.sql": made}) == names


@pytest.mark.parametrize(
    ("sql", "names"),
    [
        ("delete from shop.orders where totl = 3", ["totl"]),
        ("delete from shop.orders where toatl = 3", ["toatl"]),
        ("delete from shop.orders where total_1 = 3", []),
        ("delete from shop.orders where summe = 3", []),
        ("select max(placedat) from shop.orders", ["placedat"]),
        ("select max(adress_id) from shop.orders", []),
    ],
)
def test_one_keystroke_needs_no_column_beside_it(sql: str, names: list[str]) -> None:
    assert found(sql) == names


DUMPED = """
create table public.stock (stock_id int, name text);
alter table public.stock owner to shop;
create index by_name on public.stock (name);
alter table only public.stock alter column stock_id set default nextval('s');
alter table only public.stock add constraint stock_pkey primary key (stock_id);
"""


@pytest.mark.parametrize(
    ("more", "names"),
    [
        ("", ["nmae"]),
        ("alter table public.stock add column nmae text;", []),
        ("alter table public.stock drop column price;", []),
        ("create table public.stock (nmae text);", []),
    ],
)
def test_a_dump_that_makes_its_tables_and_their_keys(more: str, names: list[str]) -> None:
    assert found(f"{DUMPED}{more}create view v as select stock_id, nmae from public.stock;", path="dump.sql") == names


@pytest.mark.parametrize(
    ("before", "names"),
    [
        ("do $$ declare totl int; begin end $$;", ["totl"]),
        ("create procedure p(totl int) language sql as $$ select 1 $$;", ["totl"]),
        ("declare totl int;", []),
    ],
)
def test_variables_of_a_script(before: str, names: list[str]) -> None:
    assert found(f"{before} select order_id, totl from shop.orders") == names


def test_migrations_of_one_folder_are_of_one_database_whatever_their_words_look_like() -> None:
    files = {
        "migrations/20240101_init/migration.sql": 'create table "stock" ("id" text not null, "at" timestamp(3) not null default current_timestamp, constraint "stock_pkey" primary key ("id")); create index concurrently a on "stock" using hash ("id");',
        "migrations/20240102_more/migration.sql": 'alter table "stock" add column "note" text;',
    }
    report = run(UnknownColumn(), {**files, "jobs/a.sql": "select id, at, note from stock"}, reported="jobs/a.sql")
    assert [item.message for item in report.diagnostics if item.rule == "unknown-column"] == []


@pytest.mark.parametrize("steps", [30, 300])
def test_a_long_chain_of_steps_is_followed_or_given_up(steps: int) -> None:
    chain = ", ".join(f"s{at} as (select * from {f's{at - 1}' if at else 'shop.orders'})" for at in range(steps))
    last = f"select s.order_id, c.customer_id, c.emial from s{steps - 1} s join shop.customers c using (customer_id)"
    assert found(f"with {chain} {last}") == ["c.emial"]
    assert found(f"with {chain} select order_id, total, totl from s{steps - 1}") == []


SPELT = """
create table "Pay" ("Id" bigint primary key, "createdAt" timestamptz, note text, TotalSum numeric);
create table lines ("payId" bigint, sku text);
"""


def spelt(sql: str, dialect: str = "postgres", ddl: str = SPELT) -> list[str]:
    report = run(UnknownColumn(), {"ddl/pay.sql": ddl, "a.sql": sql}, reported="a.sql", dialect=dialect)
    return [f"{sql[slice(*item.location.span)]}: {item.message}" for item in report.diagnostics]


@pytest.mark.parametrize(
    ("columns", "count"),
    [
        ('"Pay_Id", "Created", "Note"', 0),
        ('"Pay_Id", "Created", note', 2),
        ('"Pay_Id", "Created"', 2),
        ("pay_id, created, note", 0),
    ],
)
def test_a_table_of_another_program_spells_all_its_names_otherwise(columns: str, count: int) -> None:
    ddl = "create table pay (pay_id bigint primary key, created timestamptz, note text, total numeric);"
    assert len(spelt(f"insert into pay ({columns}) select 1, 2", ddl=ddl)) == count


READ = "the engine reads this as `{}`, and the column of `{}` is `{}`"


@pytest.mark.parametrize(
    ("sql", "place", "read", "column"),
    [
        ('select createdAt from "Pay"', "createdAt", "createdat", '"createdAt"'),
        ('select p.createdAt, note from "Pay" p', "p.createdAt", "createdat", '"createdAt"'),
        ('select "createdat" from "Pay"', '"createdat"', "createdat", '"createdAt"'),
        ('select "TotalSum" from "Pay"', '"TotalSum"', "TotalSum", "totalsum"),
        ('update "Pay" set note = 1 where Id = 3', "Id", "id", '"Id"'),
        ('insert into "Pay" (Id, note) values (1, 2)', "Id", "id", '"Id"'),
    ],
)
def test_a_name_that_the_engine_reads_otherwise_than_it_is_spelt(sql: str, place: str, read: str, column: str) -> None:
    assert spelt(sql) == [f"{place}: {READ.format(read, 'Pay', column)}"]


@pytest.mark.parametrize(
    ("sql", "dialect"),
    [
        ('select "createdAt", "Id", note, NOTE, totalsum, TOTALSUM, "totalsum" from "Pay"', "postgres"),
        ('select createdAt from "Pay"', "duckdb"),
        ('select createdAt from "Pay"', "redshift"),
        ("select CREATEDAT from `Pay`", "mysql"),
        ("select CREATEDAT from Pay", "tsql"),
        ('with p as (select "createdAt" as createdAt from "Pay") select createdAt from p', "postgres"),
        ("select createdAt from pay", "postgres"),
    ],
)
def test_a_name_that_the_engine_reads_as_it_is_spelt(sql: str, dialect: str) -> None:
    mark = {"mysql": "`"}.get(dialect, '"')
    assert spelt(sql, dialect, SPELT.replace('"', mark)) == []


def test_snowflake_makes_names_upper_case() -> None:
    ddl = 'create table pay (id number, "note" varchar, "KIND" varchar);'
    assert spelt('select id, ID, "ID", kind, "KIND", "note" from pay', "snowflake", ddl) == []
    assert spelt("select note from pay", "snowflake", ddl) == [
        f"note: {READ.format('NOTE', 'pay', chr(34) + 'note' + chr(34))}"
    ]


def test_a_name_that_needs_quotes_is_put_in_them_as_it_is_kept() -> None:
    files = {"a.sql": 'select "Straße" from pay', "ddl.sql": "create table pay (Straße text);"}
    (found,) = run(UnknownColumn(), files, reported="a.sql", dialect="postgres").diagnostics
    assert found.message == READ.format("Straße", "pay", "straße")
    assert found.fix is not None
    assert [edit.content for edit in found.fix.edits] == ['"straße"']


def test_how_a_column_of_a_mapper_is_spelt_is_not_known() -> None:
    model = """
    from sqlalchemy import Column, Integer
    from sqlalchemy.orm import declarative_base
    Base = declarative_base()
    class Pay(Base):
        __tablename__ = "pay"
        payId = Column(Integer, primary_key=True)
    """
    sql = "select payid, payId from pay"
    files = {"models.py": textwrap.dedent(model), "a.sql": sql}
    assert not run(UnknownColumn(), files, reported="a.sql", dialect="postgres").diagnostics


@pytest.mark.parametrize(
    ("names", "count"),
    [("colour", 1), ("colour, weight", 2), ("colour, weight, size", 0)],
)
def test_a_query_with_many_strange_names_means_another_table(names: str, count: int) -> None:
    assert len(found(f"select order_id, total, customer_id, {names} from shop.orders")) == count


OPEN = "create table rates (rate_id bigint, rate numeric(8, 4), valid_on date, currency char(3)); create index on rates (valid_to);"


@pytest.mark.parametrize(
    ("sql", "names"),
    [
        ("select rate_id, rate, valid_on, source from rates", ["source"]),
        ("select rate_id, rate, valid_on, source from public.rates", ["source"]),
        ("select rate_id, rate, valid_on, source from bank.rates", []),
        ("insert into bank.rates (rate_id, rate, valid_on, source) values (1, 2, '2026-01-01', 'a')", []),
        ("select rate_id, valid_on, currencie from bank.rates", ["currencie"]),
        ("select rate_id, rate, valid_on, valid_to from rates", []),
    ],
)
def test_a_table_whose_declaration_does_not_say_all(sql: str, names: list[str]) -> None:
    assert found(sql, **{"ddl/rates.sql": OPEN}) == names


@pytest.mark.parametrize(("other", "names"), [("batch_no", []), ("email", ["batch_no"])])
def test_a_name_that_two_tables_lack_alike(other: str, names: list[str]) -> None:
    sql = f"insert into shop.orders (order_id, customer_id, total, batch_no) select customer_id, country, email, {other} from shop.customers"
    assert found(sql) == names


HOST = "import psycopg2\ndef load(cur, value, rest):\n    cur.execute({call})\n"


@pytest.mark.parametrize(
    ("call", "names"),
    [
        ('"select order_id, totl from shop.orders where order_id = %s", (value,)', ["totl"]),
        ('"delete from shop.orders where order_id = 3 and totl = %(value)s", value', ["totl"]),
        ('f"select order_id, totl from shop.orders where order_id = 3 {rest}"', []),
        ('"select order_id, totl from shop.orders where order_id = 3 %s" % rest', []),
    ],
)
def test_a_parameter_of_the_driver_is_one_value(call: str, names: list[str]) -> None:
    assert found(HOST.format(call=call), path="jobs/a.py") == names


@pytest.mark.parametrize(("times", "count"), [(3, 3), (4, 1), (40, 1)])
def test_a_column_that_is_misspelt_all_over_a_file_is_told_once(times: int, count: int) -> None:
    ddl = 'create table carts (id bigint primary key, "openedAt" timestamptz);'
    sql = "insert into carts (id, openedAt) values (1, null);\n" * times
    report = run(UnknownColumn(), {"ddl/tables.sql": ddl, "a.sql": sql}, reported="a.sql", dialect="postgres")
    assert len(report.diagnostics) == count
    first = report.diagnostics[0]
    assert first.fix is not None
    assert len(first.fix.edits) == (1 if count > 1 else times)
    assert ("39 more places" in first.message) == (times == 40)


@pytest.mark.parametrize(
    ("step", "names"),
    [
        ("db.addColumn('orders', 'channel', { type: 'string' }, cb)", []),
        ("knex.schema.alterTable('orders', (t) => t.text('channel'))", []),
        ("queryRunner.addColumn('shop.orders', new TableColumn({ name: 'channel' }))", []),
        ("db.addColumn('customers', 'channel', { type: 'string' }, cb)", ["channel"]),
        ("db.insert('orders', 'channel', cb)", ["channel"]),
    ],
)
def test_a_table_that_methods_of_a_migration_change_is_not_all_known(step: str, names: list[str]) -> None:
    first = "create table orders (order_id bigint primary key, total numeric, placed_at date, note text);"
    files = {
        "migrations/20200101_a.js": f"exports.up = (db, cb) => db.runSql(`{first}`, cb);\n",
        "migrations/20200102_b.js": f"exports.up = (db, cb) => {step};\n",
    }
    sql = "select order_id, total, placed_at, channel from orders"
    report = run(UnknownColumn(), {**files, "a.sql": sql}, reported="a.sql", dialect="postgres")
    assert [sql[slice(*item.location.span)] for item in report.diagnostics] == names


@pytest.mark.parametrize(
    ("more", "code", "count"),
    [
        ({}, "cursor.execute('select id, nmae from stock')", 1),
        ({}, "cursor.execute('select id, name, price, colour from stock')", 0),
        ({"lake/stock.sql": "create table `p.d.stock` (id int64, note string)"}, "cursor.execute('select id, nmae from stock')", 0),
        ({}, "from google.cloud import bigquery\n    bigquery.Client().query('select id, nmae from stock')", 0),
    ],
)  # fmt: skip
def test_the_dialect_of_the_files_beside_code_is_a_guess(more: dict[str, str], code: str, count: int) -> None:
    files = {
        "db/stock.sql": "create table stock (id int auto_increment primary key, name varchar(20), price int) engine=innodb;",
    }
    text = f"def load(cursor):\n    {code}\n"
    hints = {"app": "bigquery"}
    report = run(UnknownColumn(), {**files, **more, "app/a.py": text}, reported="app/a.py", dialect_hints=hints)
    assert len([item for item in report.diagnostics if item.rule == "unknown-column"]) == count


_TIERS = "insert into shop.customers (customer_id, email, country, tier) select 1, 'a', 'b', 'c';"
_ASKED = "select customer_id, email, country, tier from shop.customers"
_MORE = "select customer_id, email, country, street, city from shop.customers"


@pytest.mark.parametrize(
    ("sql", "names"),
    [
        (f"{_TIERS}{_ASKED}", []),
        (f"{_ASKED}; {_ASKED} where tier > 1", ["tier", "tier", "tier"]),
        (f"{_ASKED}; {_MORE}", []),
    ],
)
def test_a_declaration_that_is_out_of_date(sql: str, names: list[str]) -> None:
    assert found(sql) == names


@pytest.mark.parametrize(("change", "count"), [("drop column tier", 2), ("rename column tier to level", 2), ("", 0)])
def test_a_column_that_a_change_has_taken_away(change: str, count: int) -> None:
    made = "create table shop.clients (client_id bigint, email text, country text, tier int);\n"
    made = made.replace(", tier int", "") if not change else f"{made}alter table shop.clients {change};"
    sql = f"{_TIERS}{_ASKED}".replace("customer", "client")
    assert len(found(sql, **{"ddl/clients.sql": made})) == count


def test_a_name_that_a_query_gives_in_quotes_keeps_its_case() -> None:
    sql = (
        'create temporary table picked as select order_id as "1d_view", total as "Mixed", total as plain from shop.orders;\n'
        'select "1d_view", "Mixed", plain from picked;\nselect "plain" from picked'
    )
    assert found(sql, "snowflake") == ['"plain"']


@pytest.mark.parametrize(("name", "claim"), [("tier", "shop.customers.tier"), ("emial", "")])
def test_what_may_be_right_all_the_same_is_a_claim(name: str, claim: str) -> None:
    files = {"ddl/t.sql": DDL, "jobs/a.sql": _ASKED.replace("tier", name)}
    (one,) = run(UnknownColumn(), files, reported="jobs/a.sql", dialect="postgres").diagnostics
    assert one.claim == claim


@pytest.mark.parametrize(("first", "count"), [("{columns}, repeats int", 0), ("{columns}", 1)])
def test_a_temporary_table_that_is_made_on_two_connections(first: str, count: int) -> None:
    columns = "event_id int, source_id int, seen datetime, kind int"
    code = f"""
def copy(lake_cursor, shop_cursor):
    lake_cursor.execute("create table #copied ({first.format(columns=columns)})")
    rows = lake_cursor.execute("select event_id, source_id, seen, kind, repeats from #copied").fetchall()
    shop_cursor.execute("create table #copied ({columns})")
    shop_cursor.executemany("insert into #copied values (?, ?, ?, ?)", rows)
"""
    told = run(UnknownColumn(), {"jobs/copy.py": code}, reported="jobs/copy.py", dialect="tsql").diagnostics
    assert len(told) == count
