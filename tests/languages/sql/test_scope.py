"""Whose column is whose: relations, CTEs in view, correlation."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from sqlglot import exp

from leaktight.languages.sql.document import SqlDocument
from leaktight.languages.sql.scope import RelationKind, Scope

Parse = Callable[..., SqlDocument]


def scope_of(document: SqlDocument, words: str) -> Scope:
    """The innermost scope in which `words` stand."""
    offset = document.text.index(words)
    found = [
        (span.length, scope)
        for scope in document.scopes
        if (span := document.span(scope.node)).start <= offset < span.end
    ]
    return min(found, key=lambda item: item[0])[1]


def relations(scope: Scope) -> list[tuple[str, str]]:
    return [(relation.name, relation.kind.value) for relation in scope.relations]


def owners(document: SqlDocument) -> dict[str, str | None]:
    found: dict[str, str | None] = {}
    for scope in document.scopes:
        for column in scope.columns:
            owner = scope.owner(column)
            found[document.text_of(column)] = owner[1].name if owner is not None else None
    return found


def ctes(document: SqlDocument) -> list[tuple[str, str | None]]:
    """Each table that is read, and what the CTE that it means holds."""
    found: list[tuple[str, str | None]] = []
    for scope in document.scopes:
        for relation in scope.relations:
            inner = relation.query if relation.kind is RelationKind.CTE else None
            found.append((relation.name, document.text_of(inner) if inner is not None else None))
    return found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("with a as (select 1 x), b as (select x from a) select * from b",
         [("b", "x from a"), ("a", "1 x")]),
        ("with a as (select x from a) select * from a", [("a", "x from a"), ("a", None)]),
        ("with b as (select * from a), a as (select 1 y) select * from b", [("b", "* from a"), ("a", None)]),
        ("with A as (select 1 x) select * from a", [("a", "1 x")]),
        ("with a as (select 1 x) select * from s.a", [("a", None)]),
        ("with a as (select 1 x) select * from (with a as (select 2 y) select y from a) q join a on true",
         [("q", None), ("a", "1 x"), ("a", "2 y")]),
        ("with a as (select 1 x) select * from a union all select * from a", [("a", "1 x"), ("a", "1 x")]),
        ("with a as (select 1 x) select * from t where exists (select 1 from a)", [("t", None), ("a", "1 x")]),
        ("with a as (select 1 x) insert into t (x) select x from a", [("a", "1 x")]),
        ("insert into t (x) with a as (select 1 x) select x from a", [("a", "1 x")]),
        ("with a as (select 1 x) select 1; select * from a", [("a", None)]),
        ("create view v as with a as (select 1 x) select * from a", [("a", "1 x")]),
    ],
)  # fmt: skip
def test_ctes_in_view(parse: Parse, text: str, expected: list[tuple[str, str | None]]) -> None:
    assert ctes(parse(text)) == expected


def test_a_recursive_cte_sees_itself(parse: Parse) -> None:
    text = "with recursive a as (select 1 x union all select x + 1 from a where x < 9) select * from a"
    assert [name for name, inner in ctes(parse(text)) if inner is not None] == ["a", "a"]


def test_a_cte_is_no_table_of_the_catalog(parse: Parse) -> None:
    document = parse("with a as (select 1 x) select * from a, s.a, b")
    assert [document.is_cte(table) for table in document.find(exp.Table)] == [True, False, False]


@pytest.mark.parametrize(
    ("dialect", "text", "words", "expected"),
    [
        ("", "select * from a join b on a.i = b.i, c left join d using (e)", "a.i",
         [("a", "table"), ("b", "table"), ("c", "table"), ("d", "table")]),
        ("", "select * from (a x join b on x.i = b.i) join c on c.i = x.i", "x.i",
         [("x", "table"), ("b", "table"), ("c", "table")]),
        ("", "select q.i from (select i from t) as q", "q.i", [("q", "subquery")]),
        ("", "select * from (select * from t) where i = 1", "i = 1", [("", "subquery")]),
        ("postgres", "select g.i from generate_series(1, 3) g join t on t.i = g.i", "g.i",
         [("g", "function"), ("t", "table")]),
        ("spark", "select x.k from t lateral view explode(m) x as k", "x.k", [("t", "table"), ("x", "function")]),
        ("postgres", "update t set a = s.b from s where s.i = t.i", "s.b", [("t", "table"), ("s", "table")]),
        ("mysql", "update t join s on t.i = s.i set t.a = s.b", "t.i", [("t", "table"), ("s", "table")]),
        ("postgres", "delete from t using s where t.i = s.i", "t.i", [("t", "table"), ("s", "table")]),
        ("mysql", "delete t from t join s on t.i = s.i where s.a = 1", "s.a", [("t", "table"), ("s", "table")]),
        ("bigquery", "merge into t using (select * from u) q on t.i = q.i when matched then update set a = q.a", "t.i",
         [("t", "table"), ("q", "subquery")]),
        ("bigquery", "merge t as x using s as y on x.i = y.i when not matched then insert (a) values (y.a)", "x.i",
         [("x", "table"), ("y", "table")]),
    ],
)  # fmt: skip
def test_relations(parse: Parse, dialect: str, text: str, words: str, expected: list[tuple[str, str]]) -> None:
    document = parse(text, dialect)
    assert all(statement.understood for statement in document.statements)
    assert relations(scope_of(document, words)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("select o.a, O.b from orders O", {"o.a": "O", "O.b": "O"}),
        ("select a from t", {"a": "t"}),
        ("select a from t join u on t.i = u.i", {"a": None, "t.i": "t", "u.i": "u"}),
        ("select shop.orders.id from shop.orders", {"shop.orders.id": "orders"}),
        ("select o.address.city.name, address.zip from shop.orders o",
         {"o.address.city.name": "o", "address.zip": "o"}),
        ("select address.zip from a join b on a.i = b.i", {"address.zip": None, "a.i": "a", "b.i": "b"}),
        ("select system.cpu.name from metrics", {"system.cpu.name": "metrics"}),
        ("select x.orders.id from shop.orders as x", {"x.orders.id": "x"}),
        ("select a.* from a join b on true", {"a.*": "a"}),
        ("select shop.orders.id, shop.x from orders as shop join shop.orders on true",
         {"shop.orders.id": "shop", "shop.x": "shop"}),
        ("select shop.orders.id, orders.id from shop.orders join orders as shop on true",
         {"shop.orders.id": "orders", "orders.id": "orders"}),
        ("select shop.orders.id from crm.orders as o join shop.orders on true", {"shop.orders.id": "orders"}),
        ("select shop.orders.id from crm.orders join shop.orders on true", {"shop.orders.id": "orders"}),
    ],
)  # fmt: skip
def test_owners(parse: Parse, text: str, expected: dict[str, str | None]) -> None:
    assert owners(parse(text)) == expected


@pytest.mark.parametrize(
    ("dialect", "text", "words", "expected"),
    [
        ("", "select * from o where exists (select 1 from l where l.i = o.i)", "l.i", ["o.i"]),
        ("", "select * from o where o.t > (select avg(t) from o i where i.c = o.c)", "i.c", ["o.c"]),
        ("", "select (select max(b.v) from b where b.i = a.i) m from a", "b.i", ["a.i"]),
        ("", "select * from t where x in (select y from u where w = 1)", "w = 1", []),
        ("", "select * from t, (select y from u where u.z = t.z) q", "u.z", []),
        ("", "with c as (select y from u where u.z = t.z) select * from t, c", "u.z", []),
        ("postgres", "select * from o cross join lateral (select x from l where l.i = o.i) q", "l.i", ["o.i"]),
        ("", "select * from t where a = (select 1 from u where u.b = (select 2 from v where v.c = t.c))", "v.c", ["t.c"]),
        ("", "select * from t where a = (select 1 from t where t.b = 1)", "t.b", []),
        ("", "delete from t where not exists (select 1 from s where s.i = t.i)", "s.i", ["t.i"]),
        ("", "update t set a = (select b from s where s.i = t.i)", "s.i", ["t.i"]),
    ],
)  # fmt: skip
def test_correlation(parse: Parse, dialect: str, text: str, words: str, expected: list[str]) -> None:
    document = parse(text, dialect)
    assert [document.text_of(column) for column in scope_of(document, words).outer_columns()] == expected


def test_every_column_has_one_scope(parse: Parse) -> None:
    document = parse(
        "with c as (select a from t where b in (select b from u where u.c = t.c)) "
        "select x.a, (select max(d) from v where v.e = x.e) from c x where x.f > 1 group by x.a having count(x.g) > 2"
    )
    columns = [column for scope in document.scopes for column in scope.columns]
    assert len(columns) == len({id(column) for column in columns}) == len(list(document.find(exp.Column)))


def test_conditions(parse: Parse) -> None:
    document = parse(
        "select t.a, count(*) n from t join u on t.i = u.i and (u.k = 1) where (t.b = 2 and t.c = 3) and (t.d = 4 or t.e = 5) "
        "group by t.a having count(*) > 6",
    )
    [scope] = document.scopes
    assert [(c.clause, document.text_of(c.node)) for c in scope.conditions()] == [
        ("where", "t.b = 2"),
        ("where", "t.c = 3"),
        ("where", "t.d = 4 or t.e = 5"),
        ("on", "t.i = u.i"),
        ("on", "u.k = 1"),
        ("having", "count(*) > 6"),
    ]
    merge = parse("merge into t using s on t.i = s.i and t.d = '2024-01-01' when matched then delete", "bigquery")
    assert [document.clause for document in merge.scopes[0].conditions()] == ["on", "on"]


def test_the_scope_of_a_node(parse: Parse) -> None:
    document = parse("select a from t where b in (select c from u)")
    outer, inner = document.scopes
    by_name = {column.name: column for column in document.find(exp.Column)}
    assert document.scope(by_name["b"]) is outer
    assert document.scope(by_name["c"]) is inner
    assert document.scope(inner.node) is inner
    assert inner.parent is outer
    assert outer.relation("T") is outer.relations[0]
    assert outer.relation("u") is None
    assert inner.relation_of(by_name["c"]) is inner.relations[0]
    assert outer.relation_of(by_name["c"]) is outer.relations[0]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("select 1 from a left join b on a.i = b.i", {"a": [], "b": ["LEFT"]}),
        ("select 1 from a right join b on a.i = b.i", {"a": ["RIGHT"], "b": []}),
        ("select 1 from a full join b on a.i = b.i", {"a": ["FULL"], "b": ["FULL"]}),
        ("select 1 from a join b on a.i = b.i", {"a": [], "b": []}),
        ("select 1 from a left join b on a.i = b.i full join c on c.i = a.i right join d on d.i = a.i",
         {"a": ["FULL"], "b": ["LEFT", "FULL"], "c": ["FULL", "RIGHT"], "d": []}),
        ("select 1 from a left semi join b on a.i = b.i", {"a": [], "b": []}),
        ("select 1 from a left anti join b on a.i = b.i", {"a": [], "b": []}),
    ],
)  # fmt: skip
def test_the_outer_joins_that_fill_a_relation(parse: Parse, text: str, expected: dict[str, list[str]]) -> None:
    (scope,) = parse(text, "spark").scopes
    filled = {
        relation.name: [str(join.args["side"]).upper() for join in scope.filled_by(relation)]
        for relation in scope.relations
    }
    assert filled == expected


@pytest.mark.parametrize(
    ("dialect", "metadata", "rows"),
    [
        ("postgres", "information_schema.columns", "information.columns"),
        ("postgres", "pg_catalog.pg_class", "catalog.pg_class"),
        ("postgres", "pg_stat_activity", "pgstat"),
        ("tsql", "sys.tables", "dbo.tables"),
        ("sqlite", "sqlite_master", "master"),
        ("oracle", "v$session", "session"),
        ("bigquery", "`region-eu`.INFORMATION_SCHEMA.JOBS", "`region-eu`.information.JOBS"),
    ],
)
def test_tables_about_tables(parse: Parse, dialect: str, metadata: str, rows: str) -> None:
    for name, expected in ((metadata, True), (rows, False)):
        (scope,) = parse(f"select a from {name}", dialect).scopes
        assert [relation.is_metadata for relation in scope.relations] == [expected]


def test_a_cte_is_no_table_about_tables(parse: Parse) -> None:
    outer = parse("with pg_mine as (select 1 as a) select a from pg_mine", "postgres").scopes[0]
    assert [relation.is_metadata for relation in outer.relations] == [False]


def test_the_owners_of_many_columns_are_found_in_no_time(parse: Parse) -> None:
    joins = "".join(f" join shop.t{n} on t0.id = shop.t{n}.id" for n in range(1, 1500))
    document = parse(f"select t0.id from shop.t0{joins}")
    (scope,) = document.scopes
    start = time.process_time()
    assert all(scope.relation_of(column) is not None for column in scope.columns)
    assert time.process_time() - start < 2
