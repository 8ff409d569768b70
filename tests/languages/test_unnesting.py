"""Where the parser is spared a search, its tree is the one that the search would have given."""

from __future__ import annotations

import contextlib

import pytest
from sqlglot import exp
from sqlglot.dialects.dialect import Dialect
from sqlglot.errors import ParseError

from leaktight.languages.sql.unnesting import may_unnest, parsed

SPARED = (
    "select o.id, o.total from shop.orders as o",
    "select o.id, c.id from shop.orders as o join shop.clients as c on c.id = o.client",
    "select id from `shop.eu.orders` join `shop.eu.clients` using (id)",
    "select extract(day from placed), o.id from orders as o, unnest(o.items)",
    "select a is distinct from b, o.id from orders as o",
    "select id from (select id from shop.orders) as o, (select 1) as p where o.id in (1, p.x)",
    "select id from orders as o where a = 1 group by id, o.day order by id, o.day",
)
SEARCHED = (
    "select * from orders as o, o.items",
    "select * from shop.orders, orders.items",
    "select * from `shop.orders` as O, o.items as i",
    "select * from orders as o cross join o.items",
    "select * from orders as o join shop.clients on true join o.items",
    "select * from orders as o join `o.items`",
    "select (select sum(price) from orders as o, o.items)",
    "with p as (select 1) select a is not distinct from b from p as o, o.items",
    "select * from (select 1 as items) as o, o.items where a in (select 1)",
)


@pytest.mark.parametrize("sql", SPARED)
def test_no_table_is_a_column(sql: str) -> None:
    assert not may_unnest(Dialect.get_or_raise("bigquery").tokenize(sql))


@pytest.mark.parametrize("sql", SEARCHED)
def test_a_table_may_be_a_column(sql: str) -> None:
    assert may_unnest(Dialect.get_or_raise("bigquery").tokenize(sql))
    assert any(tree.find(exp.Unnest) for tree in _trees(sql, "bigquery") if tree)


@pytest.mark.parametrize("name", ["bigquery", "redshift", "postgres"])
@pytest.mark.parametrize("sql", [*SPARED, *SEARCHED])
def test_the_tree_is_the_same(sql: str, name: str) -> None:
    sql = sql if name == "bigquery" else sql.replace("`", '"')
    dialect = Dialect.get_or_raise(name)
    assert _trees(sql, name) == dialect.parser().parse(dialect.tokenize(sql), sql)


def test_the_parser_is_left_as_it_was() -> None:
    for sql in (SPARED[0], "select from from"):
        with contextlib.suppress(ParseError):
            _trees(sql, "bigquery")
        tree = Dialect.get_or_raise("bigquery").parse(SEARCHED[0])[0]
        assert tree is not None
        assert tree.find(exp.Unnest)


def _trees(sql: str, name: str) -> list[exp.Expr | None]:
    dialect = Dialect.get_or_raise(name)
    return parsed(dialect.parser(), dialect.tokenize(sql), sql)
