"""What is not lost by a `DROP`, and who ignores its `CASCADE`."""

from __future__ import annotations

import pytest

from leaktight_rules.migration.drop_cascade import DropCascade
from leaktight_rules.migration.drop_column import DropColumn
from leaktight_rules.migration.drop_not_null import DropNotNull
from leaktight_rules.migration.drop_table import DropTable

PATH = "migrations/0002_drop.sql"


@pytest.mark.parametrize(("dialect", "count"), [("postgres", 1), ("oracle", 1), ("mysql", 0)])
def test_engines_that_cascade(check, dialect: str, count: int) -> None:
    words = "cascade constraints" if dialect == "oracle" else "cascade"
    assert len(check(DropCascade(), f"drop table carts {words};", dialect=dialect, path=PATH)) == count


@pytest.mark.parametrize(
    ("table", "count"), [("visits", 1), ("visits_2024", 0), ("visits_2024_q1", 0), ("notes_2024", 1), ("visitors", 1)]
)
def test_a_partition_is_let_go(check, table: str, count: int) -> None:
    made = """
    create table visits (id bigint, day date) partition by range (day);
    create table notes (id bigint primary key);
    create table visits_2024 partition of visits for values from ('2024-01-01') to ('2025-01-01');
    """
    assert len(check(DropTable(), f"drop table {table};", path=PATH, **{"migrations__0001_visits.sql": made})) == count


@pytest.mark.parametrize(
    ("then", "count"),
    [
        ("", 1),
        ("alter table orders drop column note;", 0),
        ("alter table orders rename column note to remark;", 0),
        ("alter table orders drop column channel;", 1),
        ("alter table orders rename column channel to note;", 1),
        ("alter table orders alter column NOTE set not null;", 0),
        ("alter table orders alter column note set default 'none';", 1),
        ("alter table orders alter column note type varchar(40);", 1),
    ],
)
def test_the_first_step_of_a_columns_going(check, then: str, count: int) -> None:
    sql = f"alter table orders alter column note drop not null; {then}"
    assert len(check(DropNotNull(), sql, path=PATH)) == count


@pytest.mark.parametrize(
    ("dialect", "change", "title"),
    [
        ("mysql", "modify total decimal(14, 2)", "add `NOT NULL` and the default, if they are to stay"),
        ("tsql", "alter column total decimal(14, 2)", "add `NOT NULL`, if it is to stay"),
    ],
)
def test_what_a_new_definition_forgets(check, dialect: str, change: str, title: str) -> None:
    made = {"migrations__0001_orders.sql": "create table orders (id int primary key, total decimal(10, 2) not null);"}
    (found,) = check(DropNotNull(), f"alter table orders {change};", path=PATH, dialect=dialect, **made)
    assert found.fix is not None
    assert found.fix.title == title


@pytest.mark.parametrize(
    ("before", "loses"),
    [
        ("insert into carts_all (id) select id from carts;", False),
        ("create table carts_all as select * from carts;", False),
        ("insert into carts_all (id) select id from visits;", True),
        ("insert into carts (id) select id from visits;", True),
        ("delete from carts where id < 7;", True),
    ],
)
def test_rows_that_are_copied_first_are_not_lost(check, before: str, loses: bool) -> None:
    (found,) = check(DropTable(), f"{before} drop table carts;", path=PATH)
    assert ("loses its data" in found.message) is loses
    assert "breaks code that still names it" in found.message


@pytest.mark.parametrize(
    ("before", "loses"),
    [
        ("update orders set remark = note;", False),
        ("update orders set note = remark;", True),
        ("truncate table orders;", False),
        ("truncate table visits;", True),
        ("insert into remarks (text) select note from orders;", False),
        ("insert into remarks (note) select remark from orders;", True),
        ("insert into remarks (text) select note from visits;", True),
        ("merge into orders using visits on orders.id = visits.id when matched then update set note = 'x';", True),
        ("merge into orders using visits on orders.id = visits.id when matched then update set remark = note;", False),
    ],
)
def test_values_that_are_copied_first_are_not_lost(check, before: str, loses: bool) -> None:
    (found,) = check(DropColumn(), f"{before} alter table orders drop column note;", path=PATH)
    assert ("loses its data" in found.message) is loses


@pytest.mark.parametrize(("then", "count"), [("drop table orders;", 0), ("drop table carts;", 1), ("", 1)])
def test_a_table_that_goes_whole_takes_its_columns_with_it(check, then: str, count: int) -> None:
    assert len(check(DropColumn(), f"alter table orders drop column note; {then}", path=PATH)) == count


@pytest.mark.parametrize(
    ("folder", "count"),
    [("migrations/init", 0), ("db/docker-entrypoint-initdb.d", 0), ("init/shared", 0), ("migrations/more", 1)],
)
def test_a_folder_that_makes_the_database_from_nothing(check, folder: str, count: int) -> None:
    made = {f"{folder}/001_tables.sql": "create table orders (id bigint primary key, note text);"}
    given = {name.replace("/", "__"): text for name, text in made.items()}
    assert (
        len(check(DropColumn(), "alter table orders drop column note;", path=f"{folder}/002_more.sql", **given))
        == count
    )


@pytest.mark.parametrize(("maker", "count"), [("create_orders", 0), ("001_create_orders", 1)])
def test_the_steps_of_a_build(check, maker: str, count: int) -> None:
    given = {f"sql__{maker}.sql": "create table orders (id bigint primary key, note text);"}
    assert (
        len(check(DropColumn(), "alter table orders drop column note;", path="sql/alter_orders.sql", **given)) == count
    )


@pytest.mark.parametrize(
    ("maker", "before", "count"),
    [
        ("ddl/orders.sql", "varchar(255) not null", 0),
        ("ddl/orders.sql", "varchar(64) not null", 1),
        ("migrations/0001_orders.sql", "varchar(255) not null", 1),
    ],
)
def test_a_file_that_holds_what_all_migrations_leave_does_not_say_what_was_before(
    check, maker: str, before: str, count: int
) -> None:
    made = {maker: f"create table orders (id int primary key, code {before});"}
    sql = "alter table orders modify code varchar(255);"
    assert len(check(DropNotNull(), sql, path=PATH, dialect="mysql", **made)) == count
