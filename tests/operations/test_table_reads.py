"""What the SQL of a file reads of each table, column by column."""

from __future__ import annotations

import pytest

from leaktight.catalog.catalog import Catalog
from leaktight.catalog.table import Table, TableName
from leaktight.operations.file import FileView
from leaktight.operations.project import Project
from leaktight.operations.table_read import TableRead, TableReads
from leaktight.operations.table_reads import table_reads
from leaktight.source import Language, Source


def reads(text: str, language: Language = Language.SQL, path: str = "queries/a.sql") -> list[TableRead]:
    return list(table_reads(FileView(Source(path, text, language), Project(), dialect="postgres").sql))


def only(text: str, table: str = "orders") -> TableRead:
    (found,) = (read for read in reads(text) if read.name.name == table)
    return found


@pytest.mark.parametrize(
    ("text", "equals", "ranges", "joins", "orders"),
    [
        ("select id from orders where status = 'open'", ("status",), (), (), ()),
        ("select id from orders o where o.Status in ('a', 'b') and total > 3", ("status",), ("total",), (), ()),
        ("select id from orders where created_at between $1 and $2 order by id, total", (), ("created_at",), (), ("id", "total")),
        ("select 1 from orders o join clients c on c.id = o.client_id where c.name = 'x'", (), (), ("client_id",), ()),
        ("select 1 from orders join clients using (client_id)", (), (), ("client_id",), ()),
        ("select id from orders where lower(status) = 'open'", (), (), (), ()),
        ("select id from orders where status = 'a' or total = 3", (), (), (), ()),
        ("select id from orders where not (status = 'a')", (), (), (), ()),
        ("select id from orders where status is null", (), (), (), ()),
        ("select id from orders order by lower(status), id", (), (), (), ()),
        ("update orders set total = 1 where id = 7", ("id",), (), (), ()),
        ("delete from orders where created_at < now()", (), ("created_at",), (), ()),
        ("select (select 1 from lines l where l.order_id = o.id) from orders o", (), (), ("id",), ()),
        ("select count(*) from orders group by status having status = 'x'", (), (), (), ()),
    ],
)  # fmt: skip
def test_uses_of_columns(
    text: str, equals: tuple[str, ...], ranges: tuple[str, ...], joins: tuple[str, ...], orders: tuple[str, ...]
) -> None:
    read = only(text)
    assert (read.equals, read.ranges, read.joins, read.orders) == (equals, ranges, joins, orders)


def test_columns_that_choose_rows_in_any_form_are_touched() -> None:
    read = only(
        "select note from orders where lower(status) = 'a' or total is null group by region order by upper(code)"
    )
    assert read.touched == {"status", "total", "region", "code"}


def test_every_column_has_its_first_place() -> None:
    read = only("select o.id,\n  o.total\nfrom orders o\nwhere o.total > 1")
    assert {name: (place.start.line, place.start.column) for name, place in read.columns.items()} == {
        "id": (1, 8),
        "total": (2, 3),
    }
    assert (read.location.start.line, read.verb, read.star) == (3, "select", False)


def test_a_column_that_may_be_of_either_table_is_only_maybe() -> None:
    read = only("select total from orders o join clients c on c.id = o.client_id")
    assert set(read.columns) == {"client_id"}
    assert set(read.maybe) == {"total"}


def test_stars_say_whose_columns_are_read() -> None:
    text = "select o.* from orders o join clients c on c.id = o.client_id"
    assert only(text).star
    assert not only(text, "clients").star
    assert only("select * from orders").star
    assert not only("select count(*) from orders").star


def test_ctes_and_metadata_are_no_tables() -> None:
    found = reads(
        "with recent as (select id from orders) select id from recent; select 1 from information_schema.tables"
    )
    assert [read.name.name for read in found] == ["orders"]


def test_writes_tell_their_verb_and_columns() -> None:
    found = reads(
        "insert into orders (id, total) select id, total from staging.orders_in; delete from orders where id = 1"
    )
    assert [(read.verb, str(read.name), sorted(read.columns)) for read in found] == [
        ("select", "staging.orders_in", ["id", "total"]),
        ("delete", "orders", ["id"]),
        ("insert", "orders", ["id", "total"]),
    ]


def test_sql_in_python_is_placed_in_its_file() -> None:
    text = 'import psycopg2\ncursor.execute("select id from shop.orders where status = %s", (s,))\n'
    (read,) = reads(text, Language.PYTHON, "jobs/a.py")
    assert (str(read.name), read.equals, read.location.start.line) == ("shop.orders", ("status",), 2)


def test_views_of_a_template_tell_a_read_once() -> None:
    text = "select id from {{ ref('orders') }} where {% if x %} a = 1 {% else %} b = 1 {% endif %} and c > 0"
    assert len({read.location.span for read in reads(text)}) == 1


def test_a_project_gives_the_reads_that_mean_a_table() -> None:
    shop, crm = Table(TableName(("shop", "orders"))), Table(TableName(("crm", "orders")))
    found = reads("select id from shop.orders; select id from crm.orders; select id from orders")
    project = Project(catalog=Catalog([shop, crm]), reads=TableReads(found))
    assert [str(read.name) for read in project.reads_of(shop)] == ["shop.orders", "orders"]
    assert project.reads.asked == {"orders"}


def test_an_update_by_alias_is_no_query_of_the_table() -> None:
    (orders,) = reads("update t set a = 1 from orders as t where t.b = 2")
    assert (str(orders.name), orders.verb, sorted(orders.columns)) == ("orders", "update", ["a", "b"])
