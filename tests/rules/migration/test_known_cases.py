"""The cases that other linters of migrations document, in our own words: each is caught by one rule of ours, or known not to be.

`squawk` and `strong_migrations` say where a case is from.
"""

from __future__ import annotations

from functools import cache

import pytest

from leaktight.engine import Plan, check
from leaktight.lazy import record
from leaktight.operations.project import Project
from leaktight.registry import load_rules, make_rule
from leaktight.rule import Category, Rule
from leaktight.source import Language, Source

BASE = "migrations/0001_base.sql"
PATH = "migrations/0002_next.sql"
TABLES = """
create type status as enum ('open', 'paid', 'returned');
create table customers (customer_id bigint primary key, email varchar(100) not null);
create table orders (
    order_id bigint primary key, number int, note varchar(40), total numeric(10, 2), customer_id bigint, state status,
    placed timestamp, body json, channel text
);
create index orders_note on orders (note);
create table nets (a cidr, b timestamp(3), c time(3), d interval(3), e timestamptz);
"""


@record(frozen=True)
class Given:
    path: str
    text: str
    reported: bool

    def load(self) -> Source:
        return Source(self.path, self.text, Language.SQL)


@cache
def rules(*, strict: bool) -> tuple[Rule, ...]:
    known = [rule for rule in load_rules().values() if rule.category is Category.MIGRATION]
    return tuple(make_rule(rule, {}, strict=strict) for rule in known)


VERSIONS = {"postgres": (14,), "mysql": (8, 0, 29)}


def found(
    sql: str,
    *,
    dialect: str = "postgres",
    strict: bool = False,
    path: str = PATH,
    versions: dict[str, tuple[int, ...]] = VERSIONS,
) -> list[str]:
    chosen = rules(strict=strict)
    plan = Plan(
        rules_for=lambda _: chosen,
        dialect_for=lambda _: dialect,
        known_rules=frozenset(rule.name for rule in chosen),
        project=Project(engine_versions=versions),
    )
    report = check([Given(BASE, TABLES, reported=False), Given(path, sql, reported=True)], plan)
    assert not report.internal_errors
    return sorted({one.rule for one in report.diagnostics})


SQUAWK = {
    "adding-required-field": ("alter table orders add column region text not null", "required-column-without-default"),
    "adding-field-with-default, volatile": (
        "alter table orders add column token uuid default gen_random_uuid()",
        "volatile-default",
    ),
    "adding-field-with-default, stored": (
        "alter table orders add column gross numeric generated always as (total * 1.2) stored",
        "volatile-default",
    ),
    "adding-not-nullable-field": ("alter table orders alter column note set not null", "set-not-null"),
    "adding-foreign-key-constraint": (
        "alter table orders add constraint orders_customer foreign key (customer_id) references customers (customer_id)",
        "constraint-without-not-valid",
    ),
    "constraint-missing-not-valid": (
        "alter table orders add constraint orders_total check (total >= 0)",
        "constraint-without-not-valid",
    ),
    "adding-serial-primary-key-field, serial": (
        "alter table orders add column line serial",
        "serial-column-added",
    ),
    "adding-serial-primary-key-field, key": (
        "alter table orders add primary key (number)",
        "primary-key-added",
    ),
    "disallowed-unique-constraint": (
        "alter table customers add constraint customers_email unique (email)",
        "unique-without-index",
    ),
    "disallowed-unique-constraint, in a column": (
        "alter table customers add column login text unique",
        "unique-without-index",
    ),
    "ban-concurrent-index-creation-in-transaction": (
        "begin; create index concurrently if not exists orders_placed on orders (placed); commit;",
        "concurrently-in-transaction",
    ),
    "require-concurrent-index-creation": (
        "create index if not exists orders_placed on orders (placed)",
        "index-without-concurrently",
    ),
    "require-concurrent-index-deletion": ("drop index if exists orders_note", "drop-index-without-concurrently"),
    "require-concurrent-partition-detach": (
        "alter table orders detach partition orders_2020",
        "detach-without-concurrently",
    ),
    "require-concurrent-reindex, table": ("reindex table orders", "reindex-without-concurrently"),
    "require-concurrent-reindex, index": ("reindex index orders_note", "reindex-without-concurrently"),
    "require-concurrent-reindex, schema": ("reindex schema shop", "reindex-without-concurrently"),
    "prefer-repack, vacuum": ("vacuum full orders", "rebuild-under-lock"),
    "prefer-repack, options": ("vacuum (full, verbose) orders", "rebuild-under-lock"),
    "prefer-repack, cluster": ("cluster orders using orders_note", "rebuild-under-lock"),
    "ban-alter-domain-with-add-constraint": (
        "alter domain amount add constraint positive check (value > 0)",
        "domain-constraint-without-not-valid",
    ),
    "changing-column-type": ("alter table orders alter column number type bigint", "change-column-type"),
    "changing-column-type, shorter": ("alter table orders alter column note type varchar(20)", "change-column-type"),
    "renaming-column": ("alter table orders rename column note to remark", "rename-column"),
    "renaming-table": ("alter table orders rename to sales", "rename-table"),
    "ban-drop-column": ("alter table orders drop column note", "drop-column"),
    "ban-drop-table": ("drop table orders", "drop-table"),
    "ban-drop-database": ("drop database shop", "drop-database"),
    "ban-drop-schema": ("drop schema shop", "drop-database"),
    "ban-drop-not-null": ("alter table customers alter column email drop not null", "drop-not-null"),
    "ban-drop-constraint": ("alter table orders drop constraint if exists orders_pkey", "drop-constraint"),
    "ban-truncate-cascade": ("truncate customers cascade", "truncate-cascade"),
    "adding a field with a check": (
        "alter table orders add column rank int check (rank > 0)",
        "constraint-without-not-valid",
    ),
}


@pytest.mark.parametrize(("sql", "rule"), SQUAWK.values(), ids=SQUAWK)
def test_what_squawk_documents(sql: str, rule: str) -> None:
    assert found(sql) == [rule]


STRICT = {
    "require-lock-timeout": ("alter table orders add column region text", "missing-lock-timeout"),
    "prefer-robust-stmts, one index": (
        "create index concurrently orders_placed on orders (placed)",
        "migration-not-rerunnable",
    ),
    "backfilling data": ("update orders set channel = 'web'", "backfill-in-migration"),
}


@pytest.mark.parametrize(("sql", "rule"), STRICT.values(), ids=STRICT)
def test_what_is_told_with_strict_alone(sql: str, rule: str) -> None:
    assert found(sql) == []
    assert found(sql, strict=True) == [rule]


ROBUST = {
    "add column": "alter table orders add column region text",
    "remove column": "alter table orders drop column note",
    "add table": "create table regions (region_id bigint primary key)",
    "remove table": "drop table orders",
    "remove index": "drop index orders_note",
    "remove constraint": "alter table orders drop constraint orders_pkey",
}
GUARDED = {
    "add column": "alter table orders add column if not exists region text",
    "remove column": "alter table orders drop column if exists note",
    "add table": "create table if not exists regions (region_id bigint primary key)",
    "remove table": "drop table if exists orders",
    "remove index": "drop index if exists orders_note",
    "remove constraint": "alter table orders drop constraint if exists orders_pkey",
}
CONCURRENTLY = "; create index concurrently if not exists customers_email on customers (email);"


@pytest.mark.parametrize("case", ROBUST)
def test_prefer_robust_stmts(case: str) -> None:
    """Of two steps of which the second cannot stand in a transaction, the first is done for good when that fails."""
    assert "migration-not-rerunnable" in found(ROBUST[case] + CONCURRENTLY)
    assert "migration-not-rerunnable" not in found(GUARDED[case] + CONCURRENTLY)
    assert "migration-not-rerunnable" not in found(ROBUST[case])


STRONG = {
    "renaming a schema": ("alter schema shop rename to store", ["rename-schema"]),
    "removing a column": ("alter table orders drop column note", ["drop-column"]),
    "changing the type of a column": (
        "alter table orders alter column total type double precision",
        ["change-column-type"],
    ),
    "changing the type, fewer digits of a second": (
        "alter table nets alter column b type timestamp(0)",
        ["change-column-type"],
    ),
    "renaming an enum value": ("alter type status rename value 'open' to 'opened'", ["enum-value-removed"]),
    "renaming a column": ("alter table orders rename note to remark", ["rename-column"]),
    "renaming a table": ("alter table orders rename to sales", ["rename-table"]),
    "adding an auto-incrementing column": (
        "alter table orders add column line bigint generated always as identity",
        ["serial-column-added"],
    ),
    "adding a stored generated column": (
        "alter table orders add column half numeric generated always as (total / 2) stored",
        ["volatile-default"],
    ),
    "adding a check constraint": ("alter table orders add check (total > 0)", ["constraint-without-not-valid"]),
    "adding a foreign key": (
        "alter table orders add foreign key (customer_id) references customers",
        ["constraint-without-not-valid"],
    ),
    "adding a reference": (
        "alter table orders add column city_id bigint; create index orders_city on orders (city_id);",
        ["index-without-concurrently"],
    ),
    "adding a unique constraint": ("alter table orders add unique (number)", ["unique-without-index"]),
    "adding an exclusion constraint": (
        "alter table orders add constraint one_each exclude using gist (number with =)",
        ["unique-without-index"],
    ),
    "adding an index non-concurrently": ("create index orders_total on orders (total)", ["index-without-concurrently"]),
    "setting NOT NULL on an existing column": ("alter table orders alter note set not null", ["set-not-null"]),
    "adding a column with a volatile default value": (
        "alter table orders add column seen timestamptz default clock_timestamp()",
        ["volatile-default"],
    ),
    "backfilling data": (
        "begin; alter table orders add column region text; update orders set region = 'eu'; commit;",
        ["backfill-in-migration"],
    ),
    "using change_column_null with a default value": (
        "begin; update orders set note = '' where note is null; alter table orders alter column note set not null; commit;",
        ["set-not-null"],
    ),
    "removing an index non-concurrently": ("drop index orders_note", ["drop-index-without-concurrently"]),
    "creating a table with the force option": (
        "drop table if exists orders cascade; create table orders (order_id bigint primary key);",
        ["drop-cascade"],
    ),
}


@pytest.mark.parametrize(("sql", "expected"), STRONG.values(), ids=STRONG)
def test_what_strong_migrations_documents(sql: str, expected: list[str]) -> None:
    assert found(sql) == expected


STRONG_ON_MYSQL = {
    "using the COPY algorithm": (
        "alter table orders add index by_total (total), algorithm=copy",
        ["index-without-concurrently"],
    ),
    "using shared locking": (
        "alter table orders add index by_total (total), lock=shared",
        ["index-without-concurrently"],
    ),
    "using exclusive locking": (
        "create index by_total on orders (total) lock=exclusive",
        ["index-without-concurrently"],
    ),
    "adding a column with an expression default": (
        "alter table orders add column token char(36) default (uuid())",
        ["volatile-default"],
    ),
    "adding a check constraint": ("alter table orders add check (total > 0)", ["constraint-without-not-valid"]),
    "adding a foreign key": (
        "alter table orders add foreign key (customer_id) references customers (customer_id)",
        ["constraint-without-not-valid"],
    ),
    "adding a stored generated column": (
        "alter table orders add column half int generated always as (total / 2) stored",
        ["volatile-default"],
    ),
    "adding an auto-incrementing column": (
        "alter table orders add column line int not null auto_increment unique",
        ["serial-column-added"],
    ),
    "changing the type": ("alter table orders modify number bigint", ["change-column-type"]),
}


@pytest.mark.parametrize("engine", ["mysql", "mariadb"])
@pytest.mark.parametrize(("sql", "expected"), STRONG_ON_MYSQL.values(), ids=STRONG_ON_MYSQL)
def test_what_strong_migrations_documents_of_mysql(engine: str, sql: str, expected: list[str]) -> None:
    assert (
        found(sql, dialect="mysql", versions={"mysql": (8, 0, 29)} if engine == "mysql" else {"mariadb": (10, 6)})
        == expected
    )


QUIET_ON_MYSQL = {
    "no clause": "alter table orders add index by_total (total)",
    "in place": "alter table orders add index by_total (total), algorithm=inplace, lock=none",
    "constant": "alter table orders add column region varchar(9) default 'eu'",
    "time of the statement": "alter table orders add column seen datetime default (now())",  # MariaDB does it at once
    "virtual": "alter table orders add column half int generated always as (total / 2) virtual",
    "longer": "alter table orders modify note varchar(60)",
    "width of display": "alter table orders modify number int(5)",
    "not enforced": "alter table orders add constraint c check (total > 0) not enforced",
}


@pytest.mark.parametrize("sql", QUIET_ON_MYSQL.values(), ids=QUIET_ON_MYSQL)
def test_what_mysql_does_beside_the_others(sql: str) -> None:
    assert found(sql, dialect="mysql") == []


def test_what_sets_mariadb_and_mysql_apart() -> None:
    checked = "alter table orders add column rank int check (rank > 0)"
    assert found(checked, dialect="mysql") == ["constraint-without-not-valid"]
    assert found(checked, dialect="mysql", versions={"mariadb": (10, 6)}) == []
    longer = "alter table orders modify note varchar(300)"
    assert found(longer, dialect="mysql") == ["change-column-type"]
    assert found(longer.replace("300", "60"), dialect="mysql") == []
    assert found(longer, dialect="mysql", versions={"mariadb": (10, 6)}) == []
    assert found("alter table orders add check (total > 0)", dialect="mysql", versions={"mysql": (5, 7)}) == []


OF_OTHER_RULES = {
    "ban-char-field, prefer-text-field": "create table t (id bigint primary key, code char(9), name varchar(20))",
    "ban-duplicate-column-assignments": "update orders set number = 1, number = 2 where order_id = 1",
    "identifier-too-long": f"create table {'x' * 70} (id bigint primary key)",
    "prefer-bigint-over-int, prefer-bigint-over-smallint": "create table t (id int primary key)",
    "prefer-identity": "create table t (id bigserial primary key)",
    "prefer-timestamptz": "alter table orders add column placed_at timestamp",
    "require-table-schema": "create table posts (id bigint primary key)",
    "adding a json column": "alter table orders add column properties json",
    "keeping indexes to three columns": "create index concurrently if not exists i on orders (note, total, number, placed)",
}
"""What is a matter of taste, or of how tables are declared, whoever does it and when: no rule of migrations speaks of it."""
NOT_FOLLOWED = {
    "ban-create-domain-with-constraint": "create domain amount as numeric check (value > 0)",
    "require-enum-value-ordering": "alter type status add value 'lost'",
    "ban-uncommitted-transaction": "begin; alter table orders add column region text;",
    "transaction-nesting": "begin; begin; alter table orders add column region text; commit;",
    "require-statement-timeout": "set lock_timeout = '2s'; alter table orders add column region text;",
}
"""Statements whose harm cannot be seen: a new domain has no rows yet, a new value of an enumeration harms only who compares by
its order, a tool may commit what the file leaves open, and a second BEGIN of the file itself does nothing."""


@pytest.mark.parametrize(
    "sql", [*OF_OTHER_RULES.values(), *NOT_FOLLOWED.values()], ids=[*OF_OTHER_RULES, *NOT_FOLLOWED]
)
def test_what_no_rule_of_migrations_speaks_of(sql: str) -> None:
    assert found(sql) == []


def test_a_default_rewrites_the_table_before_postgresql_11() -> None:
    sql = "alter table orders add column region text default 'eu'"
    assert found(sql, versions={"postgres": (10,)}) == ["volatile-default"]
    assert found(sql, versions={"postgres": (11,)}) == []


SAFE = {
    "nullable column": "alter table orders add column region text",
    "constant default": "alter table orders add column region text not null default 'eu'",
    "default of the transaction's time": "alter table orders add column seen timestamptz default now()",
    "default for new rows alone": "alter table orders alter column note set default gen_random_uuid()",
    "longer varchar": "alter table orders alter column note type varchar(80)",
    "varchar to text": "alter table orders alter column note type text",
    "text to varchar without a length": "alter table orders alter column channel type varchar",
    "more digits of the same scale": "alter table orders alter column total type numeric(14, 2)",
    "numeric without a limit": "alter table orders alter column total type numeric",
    "cidr to inet": "alter table nets alter column a type inet",
    "more digits of a second": "alter table nets alter column b type timestamp(6); alter table nets alter column c type time",
    "interval without a limit": "alter table nets alter column d type interval",
    "text to citext, if not indexed": "alter table orders alter column channel type citext",
    "timestamptz to timestamp, in UTC": "alter table nets alter column e type timestamp",
    "check not valid": "alter table orders add constraint orders_total check (total >= 0) not valid",
    "validated later": "alter table orders validate constraint orders_total",
    "foreign key not valid": "alter table orders add foreign key (customer_id) references customers not valid",
    "unique using index": "alter table customers add constraint customers_email unique using index customers_email_key",
    "primary key using index": "alter table orders add constraint orders_pk primary key using index orders_pk_key",
    "not null after a validated check": (
        "alter table orders validate constraint note_known; alter table orders alter column note set not null;"
        "alter table orders drop constraint note_known;"
    ),
    "index concurrently": "create index concurrently if not exists orders_total on orders (total)",
    "index dropped concurrently": "drop index concurrently if exists orders_note",
    "batch": "update orders set channel = 'web' where order_id between 1 and 1000",
    "partition detached concurrently": "alter table orders detach partition orders_2020 concurrently",
    "detaching finished": "alter table orders detach partition orders_2020 finalize",
    "index built anew concurrently": "reindex index concurrently orders_note",
    "built anew concurrently, as an option": "reindex (concurrently, verbose) table orders",
    "catalogs": "reindex system shop",
    "space freed for new rows": "vacuum orders; vacuum (analyze) orders; vacuum verbose analyze orders",
    "domain restricted, not valid": "alter domain amount add constraint positive check (value > 0) not valid",
    "domain": "alter domain amount drop constraint positive; alter domain amount set default 0",
    "domain of the same file": "create domain rate as int; alter domain rate add constraint c check (value > 0)",
    "schema of the same file": "create schema if not exists s; alter schema s rename to store",
    "schema of another owner": "alter schema shop owner to clerk",
    "value added": "alter type status add value 'lost' after 'paid'",
    "truncate of one table": "truncate orders",
    "view dropped": "drop view open_orders",
    "temporary table dropped": "create temp table t (a int); drop table t;",
    "lock timeout": (
        "begin; set local lock_timeout = '2s'; alter table orders add column a int; alter table customers add column a int;"
        "commit;"
    ),
}


@pytest.mark.parametrize("sql", SAFE.values(), ids=SAFE)
def test_what_is_safe(sql: str) -> None:
    assert found(sql) == []


NEW = "create table bills (bill_id bigint, number int, note text, customer_id bigint);"
ON_NEW = (
    "alter table bills add column region text not null",
    "alter table bills add column token uuid default gen_random_uuid()",
    "alter table bills add column line serial",
    "alter table bills alter column note set not null",
    "alter table bills alter column number type bigint",
    "alter table bills add constraint c check (number > 0)",
    "alter table bills add foreign key (customer_id) references customers (customer_id)",
    "alter table bills add unique (number)",
    "alter table bills add primary key (bill_id)",
    "alter table bills drop column note",
    "alter table bills rename column note to remark",
    "alter table bills rename to invoices",
    "create index bills_number on bills (number)",
    "update bills set number = 0",
    "truncate bills cascade",
    "alter table bills detach partition bills_2020",
    "reindex table bills",
    "vacuum full bills",
    "cluster bills using bills_number",
    "drop table bills cascade",
)


@pytest.mark.parametrize("sql", ON_NEW)
def test_silence_on_tables_created_in_the_same_file(sql: str) -> None:
    assert found(NEW + sql) == []
    assert found(f"begin; {NEW} {sql}; commit;") == []
    assert found(sql.replace("bills", "orders")) != [] or "update" in sql


@pytest.mark.parametrize(
    "path",
    [
        "schema.sql", "db/structure.sql", "dump.sql", "tests/fixtures/orders.sql", "migrations/0002_next.down.sql",
        "migrations/rollback/0002_next.sql", "db/rollback_dbs/1.2.0/1.2.0.sql", "queries/report.sql", "jobs/update_orders.sql",
        "db/sample_data.sql",
    ],
)  # fmt: skip
def test_silence_in_files_that_change_nothing_live(path: str) -> None:
    sql = "alter table orders drop column note; create index orders_total on orders (total);"
    assert found(sql, path=path) == []
    assert len(found(sql, path=PATH)) == 2


@pytest.mark.parametrize(
    "path",
    [
        "migrations/0002_next.sql", "db/migrate/20240101120000_next.sql", "sql/V2__next.sql", "db/0002_next.sql",
        "db/next.up.sql", "prisma/migrations/20240101120000_next/migration.sql", "admin/updates/next.sql",
        "db/postgresql/1.2.0/1.2.0.sql", "upgrade-1-to-2.sql",
    ],
)  # fmt: skip
def test_files_that_change_what_is_live(path: str) -> None:
    assert found("alter table orders drop column note;", path=path) == ["drop-column"]


def test_the_half_that_takes_back_is_left_alone() -> None:
    up, down = "alter table orders add column region text;", "alter table orders drop column region;"
    assert found(f"-- migrate:up\n{up}\n-- migrate:down\n{down}\n") == []
    assert found(f"-- +goose Up\n{up}\n-- +goose Down\n{down}\n") == []
    assert found(f"-- migrate:up\n{down}\n-- migrate:down\n{up}\n") == ["drop-column"]


ENGINES = [
    ("mysql", "alter table orders add column region varchar(9) not null", ["required-column-without-default"]),
    ("mysql", "create index orders_total on orders (total)", []),
    ("mysql", "alter table orders add foreign key (customer_id) references customers (customer_id)", ["constraint-without-not-valid"]),
    ("mysql", "alter table orders drop column note", ["drop-column"]),
    ("mysql", "alter table orders drop primary key", ["drop-constraint"]),
    ("mysql", "rename table orders to sales", ["rename-table"]),
    ("tsql", "alter table orders alter column note varchar(40) not null", ["set-not-null"]),
    ("tsql", "exec sp_rename 'orders.note', 'remark', 'COLUMN'", ["rename-column"]),
    ("tsql", "alter table orders add constraint c check (total > 0)", ["constraint-without-not-valid"]),
    ("tsql", "alter table orders add token uniqueidentifier default newid()", []),
    ("tsql", "alter table orders add token uniqueidentifier default newid() with values", ["volatile-default"]),
    ("tsql", "alter table orders add token uniqueidentifier not null default newid()", ["volatile-default"]),
    ("postgres", "alter table orders add column at bigint default txid_current()", []),
    ("tsql", "alter table orders with nocheck add constraint c check (total > 0)", []),
    ("oracle", "alter table orders drop column note", ["drop-column"]),
    ("bigquery", "alter table shop.orders drop column note", ["drop-column"]),
    ("bigquery", "alter table shop.orders add column region string not null", ["required-column-without-default"]),
    ("snowflake", "alter table orders rename to sales", ["rename-table"]),
    ("snowflake", "drop schema shop", ["drop-database"]),
    ("redshift", "alter table orders drop column note", ["drop-column"]),
    ("databricks", "alter table orders drop column note", ["drop-column"]),
    ("spark", "alter table orders rename column note to remark", ["rename-column"]),
]  # fmt: skip


@pytest.mark.parametrize(("dialect", "sql", "expected"), ENGINES)
def test_other_engines(dialect: str, sql: str, expected: list[str]) -> None:
    assert found(sql, dialect=dialect) == expected
