"""Places of nodes, keywords, comments, and the shared index of a SQL document."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlglot import exp

from leaktight.languages.sql import clauses
from leaktight.languages.sql.document import SqlDocument
from leaktight.text import Span

Parse = Callable[..., SqlDocument]


def texts(document: SqlDocument, kind: type[exp.Expr]) -> list[str]:
    assert [statement.problem for statement in document.statements if not statement.understood] == []
    return [document.text_of(node) for node in document.find(kind)]


@pytest.mark.parametrize(
    ("dialect", "text", "kind", "expected"),
    [
        ("", "select a from t where x = NULL and y", exp.EQ, "x = NULL"),
        ("", "select a from t where x <> null or y = 1", exp.NEQ, "x <> null"),
        ("", "select a from t where x is not null and y", exp.Is, "x is not null"),
        ("", "select a from t where x is true or y", exp.Is, "x is true"),
        ("", "update t set a = null, b = 2 where c", exp.Update, "t set a = null, b = 2 where c"),
        ("", "select a from t where b = true and c", exp.EQ, "b = true"),
        ("", "select a from t where f(x) = null", exp.EQ, "f(x) = null"),
        # functions
        ("", "select count(distinct a) from t", exp.Count, "count(distinct a)"),
        ("", "select count(*) from t", exp.Count, "count(*)"),
        ("", "select coalesce(a, (b + c)) x from t", exp.Coalesce, "coalesce(a, (b + c))"),
        ("", "select lower(trim(a)) = 'x' from t", exp.EQ, "lower(trim(a)) = 'x'"),
        ("", "select my_function(a, 1) from t", exp.Anonymous, "my_function(a, 1)"),
        ("", "select sum(a) over (partition by b order by c) from t", exp.Window, "sum(a) over (partition by b order by c)"),
        ("postgres", "select count(*) filter (where a) from t", exp.Filter, "count(*) filter (where a)"),
        ("postgres", "select now() from t", exp.CurrentTimestamp, "now()"),
        ("postgres", "select extract(year from a) from t", exp.Extract, "extract(year from a)"),
        ("postgres", "select substring(a from 1 for 2) from t", exp.Substring, "substring(a from 1 for 2)"),
        ("postgres", "select string_agg(a, ',' order by b) from t", exp.GroupConcat, "string_agg(a, ',' order by b)"),
        ("postgres", "select position('a' in b) from t", exp.StrPosition, "position('a' in b)"),
        ("postgres", "select trim(both ' ' from a) from t", exp.Trim, "trim(both ' ' from a)"),
        ("mysql", "select if(a, null, 1) from t", exp.If, "if(a, null, 1)"),
        ("bigquery", "select date_trunc(a, day) from t", exp.DateTrunc, "date_trunc(a, day)"),
        ("bigquery", "select array_agg(struct(a, b)) from t", exp.Struct, "struct(a, b)"),
        ("", "select a from t where exists (select 1 from u)", exp.Exists, "exists (select 1 from u)"),
        # casts
        ("", "select cast(a as int) from t", exp.Cast, "cast(a as int)"),
        ("", "select a from t where cast(b as date) = c", exp.EQ, "cast(b as date) = c"),
        ("", "select a from t where b = cast(c as date) and d", exp.EQ, "b = cast(c as date)"),
        ("postgres", "select a::numeric(10, 2) from t", exp.Cast, "a::numeric(10, 2)"),
        ("postgres", "select a::date from t", exp.Cast, "a::date"),
        ("postgres", "select a::timestamp with time zone from t", exp.Cast, "a::timestamp with time zone"),
        ("postgres", "select f(a::int, b) from t", exp.Cast, "a::int"),
        ("postgres", "select a from t where b = c::date and d", exp.EQ, "b = c::date"),
        ("snowflake", "select try_cast(a as date) from t", exp.TryCast, "try_cast(a as date)"),
        ("bigquery", "select safe_cast(a as date) from t", exp.TryCast, "safe_cast(a as date)"),
        ("", "select a from t where d >= date '2024-01-01'", exp.GTE, "d >= date '2024-01-01'"),
        # what the host fills in
        ("", "select a from t where x = ?", exp.EQ, "x = ?"),
        ("", "select a from t where x = :id and y", exp.EQ, "x = :id"),
        ("bigquery", "select a from t where x = @id and y", exp.EQ, "x = @id"),
        ("postgres", "select a from t where x = $1", exp.EQ, "x = $1"),
        ("", "select a from t where b in (?, ?) and c", exp.In, "b in (?, ?)"),
        ("", "select a from t where b between ? and ? and c", exp.Between, "b between ? and ?"),
        # names
        ("bigquery", "select * from `p.d.t` where a", exp.Table, "`p.d.t`"),
        ("bigquery", "select * from `p`.`d`.t x where a", exp.Table, "`p`.`d`.t x"),
        ("", 'select "A b".c from "A b"', exp.Column, '"A b".c'),
        ("tsql", "select [a b] from [t c]", exp.Column, "[a b]"),
        ("", "select t.* from t", exp.Column, "t.*"),
        ("", "select * from t", exp.Star, "*"),
        # CASE and brackets
        ("", "select case when a = 1 then 'x' else 'y' end z from t", exp.Case, "case when a = 1 then 'x' else 'y' end"),
        ("", "select case a when 1 then null end z from t", exp.Case, "case a when 1 then null end"),
        ("", "select a from t where b = case when c then 1 end and d", exp.EQ, "b = case when c then 1 end"),
        ("", "select a from t where x in (1, 2, 3) and y", exp.In, "x in (1, 2, 3)"),
        ("", "select a from t where x not in (select b from u) and y", exp.In, "x not in (select b from u)"),
        ("", "select a from t where (x, y) in ((1, 2)) and z", exp.In, "(x, y) in ((1, 2))"),
        ("", "select (a + b) * c from t", exp.Mul, "(a + b) * c"),
        ("", "select (a + b) * c from t", exp.Paren, "(a + b)"),
        ("", "select a from (select b from u) as s", exp.Subquery, "(select b from u) as s"),
        ("", "select a from t, (select b from u) where c", exp.Subquery, "(select b from u)"),
        ("", "insert into t values (1, NULL), (NULL, 'x')", exp.Values, "(1, NULL), (NULL, 'x')"),
        ("postgres", "select a[1] from t", exp.Bracket, "a[1]"),
        ("postgres", "select a from t where b = c[1]", exp.EQ, "b = c[1]"),
        ("postgres", "select array[1, 2] from t", exp.Array, "array[1, 2]"),
        ("postgres", "select a->>'b' from t", exp.JSONExtractScalar, "a->>'b'"),
        ("postgres", "select a from t where x > now() - interval '1 day' and y", exp.GT, "x > now() - interval '1 day'"),
        ("mysql", "select a from t where x > current_date - interval 1 day and y", exp.GT,
         "x > current_date - interval 1 day"),
        ("", "select a from t join u on t.a = u.a where b", exp.Join, "u on t.a = u.a"),
        ("", "select a from t join u using (id) where b", exp.Join, "u using (id)"),
        ("", "select a /* = */ from t where /* b = */ c = -- d\n 1 and e", exp.EQ, "c = -- d\n 1"),
    ],
)  # fmt: skip
def test_span(parse: Parse, dialect: str, text: str, kind: type[exp.Expr], expected: str) -> None:
    assert texts(parse(text, dialect), kind)[0] == expected


@pytest.mark.parametrize(
    ("text", "kind", "expected"),
    [
        ("select ((a)) from t", exp.Paren, ["((a))", "(a)"]),
        ("select case when case when a then b end then c end from t", exp.Case,
         ["case when case when a then b end then c end", "case when a then b end"]),
        ("select cast(a::int as text) from t", exp.Cast, ["cast(a::int as text)", "a::int"]),
        ("select null, a, null from t", exp.Null, ["null", "null"]),
        ("select true, false", exp.Boolean, ["true", "false"]),
        ("select true as a from t where x = 1 or (true) or y > 2", exp.Boolean, ["true", "true"]),
        ("select a from t where true or y > 2", exp.Boolean, ["true"]),
        ("select a from t where y > 2 or not (false)", exp.Not, ["not (false)"]),
        ("select ? < a, null = b from t", exp.Null, ["null"]),
        ("select current_date", exp.CurrentDate, ["current_date"]),
        ("insert into t (a, b) values (1, null)", exp.Tuple, ["(1, null)"]),
    ],
)  # fmt: skip
def test_spans_of_nested_and_bare_nodes(parse: Parse, text: str, kind: type[exp.Expr], expected: list[str]) -> None:
    assert texts(parse(text, "postgres"), kind) == expected


TEXTS = (
    (
        "select a, b as c, count(*), sum(d) over (order by e), case when f is null then 'x' end, cast(g as date), null\n"
        "from s.t as u left join (select * from v where w in (1, 2, ?)) x on u.i = x.i and x.j = :name\n"
        "where exists (select 1 from y where y.k = u.k) and l between 1 and ? group by a having count(*) > 1 order by 1 limit 3"
    ),
    "insert into t (a, b) select a, (select max(b) from c) from d where e like '%x' on conflict (a) do update set b = 1",
    "merge into t using s on t.i = s.i when matched then update set a = null when not matched then insert (i) values (s.i)",
    "create table t (a int not null default 0, b text references u (c), primary key (a))",
    "update t set a = b || 'x', c = interval '1 day' where d[1] = e->>'f' and not g",
    "with recursive c (n) as (select 1 union all select n + 1 from c where n < 9) select -n, (n) from c",
)


@pytest.mark.parametrize("text", TEXTS)
def test_every_span_lies_in_its_statement_and_holds_its_leaves(parse: Parse, text: str) -> None:
    document = parse(f"-- first\n{text};\n{text}", "postgres")
    assert all(statement.understood for statement in document.statements)
    seen = 0
    for node in document.find(exp.Expr):
        span = document.span(node)
        statement = document.statement_of(node)
        assert statement.span.contains(span), node
        assert span.length > 0
        for leaf in node.find_all(exp.Identifier, exp.Literal):
            if "start" in leaf.meta:
                assert span.contains(Span(leaf.meta["start"], leaf.meta["end"] + 1))
        seen += 1
    assert seen > 20


def test_tokens_after_and_before(parse: Parse) -> None:
    document = parse("select a from t where a = 'from' order by a")
    after = document.token_after
    assert after(0, "FROM") == Span(9, 13)
    assert after(10, "FROM") is None
    assert document.slice(after(13) or Span(0, 0)) == "t"
    assert after(0, "ORDER BY", "ORDER") == Span(33, 41)
    assert after(0, "ORDER BY", before=33) is None
    assert document.token_before(len(document.text), "FROM") == Span(9, 13)
    assert document.token_before(13, "FROM") == Span(9, 13)
    assert document.token_before(12, "FROM") is None
    assert document.token_before(9) == Span(7, 8)
    assert document.token_before(40, "SELECT", after=1) is None
    quoted = parse("select '(' || a || ')' as \"from\", ']' from t", "postgres")
    assert quoted.token_after(0, "FROM") == Span(38, 42)
    assert quoted.token_before(42, "(", ")") is None
    assert quoted.text_of(next(quoted.find(exp.Alias))) == "'(' || a || ')' as \"from\""
    assert [token.text for token in document.tokens_in(Span(7, 14))] == ["a", "from"]


def test_keyword_of_a_node(parse: Parse) -> None:
    document = parse(
        "select 1;\nselect a, (select b from u order by c) from t join v on t.i = v.i union select d from w"
    )
    place = document.text.index
    selects = [document.keyword(select, "SELECT").start for select in document.find(exp.Select)]
    text = document.text
    assert sorted(selects) == [0, place("select a"), place("select b"), place("select d")]
    join = next(document.find(exp.Join))
    assert document.slice(document.keyword(join, "JOIN")) == "join"
    order = next(document.find(exp.Order))
    assert document.keyword(order, "ORDER BY").start == text.index("order by")
    assert document.slice(document.head(join)) == "select"
    assert document.keyword(join, "WHERE") == document.span(join)


@pytest.mark.parametrize(
    ("text", "words", "expected"),
    [
        ("select a from t where i in (select b from u where c = ')')", "b", "(select b from u where c = ')')"),
        ("select a from t where i in ((select b from u))", "b", "(select b from u)"),
        ("select a from t where i in (with q as (select b from u) select d from q)", "d",
         "(with q as (select b from u) select d from q)"),
        ("select a from t where i in (with q as (select b from u) select d from q)", "b", "(select b from u)"),
        ("select a from t where i in (select max((select c)) + b from u)", "b", "(select max((select c)) + b from u)"),
        ("select a from t where i in (-- those\n select distinct b from u)", "b", "(-- those\n select distinct b from u)"),
        ("select a from t where i in (select b from u union select d from v)", "d", None),
        ("select b from t where i in (select a from u)", "b", None),
    ],
)  # fmt: skip
def test_the_brackets_around_a_subquery(parse: Parse, text: str, words: str, expected: str | None) -> None:
    document = parse(text)
    column = next(column for column in document.find(exp.Column) if document.text_of(column) == words)
    query = column.find_ancestor(exp.Select)
    assert query is not None
    span = document.brackets(query)
    assert (document.slice(span) if span is not None else None) == expected


def test_is_comma_join(parse: Parse) -> None:
    document = parse("select 1 from a, b join c on true, (select x from d) e cross join f")
    assert [document.is_comma_join(join) for join in document.find(exp.Join)] == [True, False, True, False]


@pytest.mark.parametrize(
    ("dialect", "text", "expected"),
    [
        ("", "select 1 -- one\nfrom t -- two", ["-- one", "-- two"]),
        ("", "-- first\r\nselect '--no', \"/* no */\" /* a\nb */", ["-- first", "/* a\nb */"]),
        ("", "select a--b\n-c", ["--b"]),
        ("mysql", "select 1 # one\n, `--no`", ["# one"]),
        ("postgres", "select $$ -- no $$ -- yes", ["-- yes"]),
        ("bigquery", "select r'''\n-- no''', '''\n# no''' # yes", ["# yes"]),
        ("", "/**//* x */select 1/* a */", ["/**/", "/* x */", "/* a */"]),
    ],
)  # fmt: skip
def test_comments(parse: Parse, dialect: str, text: str, expected: list[str]) -> None:
    document = parse(text, dialect)
    found = list(document.comments())
    assert [comment for _, comment in found] == expected
    assert [document.slice(span) for span, _ in found] == expected


def test_find_gives_subclasses_and_outer_before_inner(parse: Parse) -> None:
    document = parse("select a from (select b from (select c from t) u) v; select d")
    names = [next(iter(select.expressions)).name for select in document.find(exp.Select)]
    assert names == ["a", "b", "c", "d"]
    kinds = {type(node) for node in document.find(exp.Query)}
    assert kinds == {exp.Select, exp.Subquery, exp.Table} & kinds
    assert exp.Select in kinds
    assert len(list(document.find(exp.Select, exp.Column))) == 4 + 4
    assert list(document.find(exp.Merge)) == []


def test_a_statement_by_its_node(parse: Parse) -> None:
    document = parse("select a;\n  select b")
    first, second = document.statements
    assert [document.statement_of(column) for column in document.find(exp.Column)] == [first, second]


def test_chains_of_one_kind_cost_no_recursion(parse: Parse) -> None:
    for text in (
        f"select a{'::int' * 3_000} from t",
        f"select a{'[1]' * 400} from t",
        f"select {' and '.join('a' * 3_000)}",
    ):
        document = parse(text, "postgres")
        [projection] = next(document.find(exp.Select)).expressions
        assert document.statements[0].span.contains(document.span(projection))


def test_offsets_count_code_points(parse: Parse) -> None:
    document = parse("select '😀😀', é = NULL, \u202ea from t", "postgres")
    assert texts(document, exp.EQ) == ["é = NULL"]
    assert document.text_of(next(document.find(exp.Table))) == "t"


def test_the_left_operand_is_found_before_what_is_placed(parse: Parse) -> None:
    text = "select true as a from t where (true) or y > 2"
    document = parse(text)
    assert [document.span(node).start for node in document.find(exp.Boolean)] == [7, text.index("(true)") + 1]


def test_the_tail_of_a_statement_reaches_to_the_next_word(parse: Parse) -> None:
    document = parse("delete from t  /* all */  ; update t set a = 1   ")
    assert [document.slice(document.tail(node)) for node in document.find(exp.Delete, exp.Update)] == [
        "  /* all */  ",
        "   ",
    ]


@pytest.mark.parametrize(
    ("dialect", "text", "temporary"),
    [
        ("postgres", "create temp table a (b int)", True),
        ("oracle", "create global temporary table a (b int)", True),
        ("teradata", "create volatile table a (b int)", True),
        ("teradata", "create multiset volatile table a (b int)", True),
        ("snowflake", "create transient table a (b int)", False),
        ("postgres", "create unlogged table a (b int)", False),
        ("postgres", "create function a() returns int volatile as 'select 1'", False),
    ],
)
def test_what_goes_with_its_session_is_temporary(parse: Parse, dialect: str, text: str, temporary: bool) -> None:
    [create] = parse(text, dialect).find(exp.Create)
    assert clauses.is_temporary(create) is temporary
