"""SQL cut into statements, each parsed alone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlglot import exp

from leaktight.languages.sql.chains import MAX_CHAIN, MAX_OPEN_JOINS
from leaktight.languages.sql.client_commands import blank_client_commands
from leaktight.languages.sql.document import SqlDocument
from leaktight.languages.sql.tokens import MAX_NESTING, MAX_SUBSCRIPTS, MAX_TYPE_NESTING
from leaktight.source import NotAnalysable

Parse = Callable[..., SqlDocument]


def pieces(document: SqlDocument) -> list[str]:
    return [document.slice(statement.span) for statement in document.statements]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("-- nothing\n/* at all */", []),
        (";;select 1;;", ["select 1"]),
        ("select 1; select 2\n;\nselect 3", ["select 1", "select 2", "select 3"]),
        ("select ';' , \"a;b\" /* ; */ -- ;\n from t; select 2",
         ["select ';' , \"a;b\" /* ; */ -- ;\n from t", "select 2"]),
        ("select (select 1 from t) ; select 2", ["select (select 1 from t)", "select 2"]),
        ("with a as (select 1) delete from t using a; select 2", ["with a as (select 1) delete from t using a", "select 2"]),
        ("select case when a then 1 end; select 2", ["select case when a then 1 end", "select 2"]),
    ],
)  # fmt: skip
def test_semicolons(parse: Parse, text: str, expected: list[str]) -> None:
    document = parse(text)
    assert pieces(document) == expected
    assert all(statement.understood for statement in document.statements)


@pytest.mark.parametrize(
    ("dialect", "text", "expected"),
    [
        ("bigquery",
         ("begin\n insert into a select * from b;\n if x > 1 then\n delete from c where d;\n"
         " elseif x = 2 then update d set e = 1;\n else\n truncate table e;\n end if;\nend;"),
         ["insert into a select * from b", "delete from c where d", "update d set e = 1", "truncate table e"]),
        ("bigquery", "if x then begin select 1; end; end if;", ["select 1"]),
        ("bigquery", "while i < 3 do\n insert into a values (i);\n set i = i + 1;\nend while;\nselect 1",
         ["insert into a values (i)", "set i = i + 1", "select 1"]),
        ("bigquery", "for r in (select id from a) do\n insert into b values (r.id);\nend for;",
         ["select id from a", "insert into b values (r.id)"]),
        ("bigquery", "while (select count(*) from a) > 0 do\n insert into b values (1);\nend while;",
         ["select count(*) from a", "insert into b values (1)"]),
        ("bigquery", "loop\n delete from a where b;\n leave;\nend loop;", ["delete from a where b", "leave"]),
        ("bigquery", "repeat\n delete from a where b;\nuntil x > 3\nend repeat;", ["delete from a where b"]),
        ("bigquery", "case x when 1 then select 1; when 2 then select 2; else select 3; end case;",
         ["select 1", "select 2", "select 3"]),
        ("bigquery",
         ("create or replace procedure d.p(x int64)\nbegin\n declare y int64;\n select * from t;\n"
         "exception when error then\n rollback;\nend;"),
         ["create or replace procedure d.p(x int64)", "declare y int64", "select * from t", "rollback"]),
        ("mysql", "create procedure p() begin insert into a values (1); delete from b where c; end;",
         ["create procedure p()", "insert into a values (1)", "delete from b where c"]),
        ("mysql",
         ("DELIMITER $$\ncreate trigger g before insert on t for each row begin set new.a = 1; update u set b = 2; end$$\n"
         "DELIMITER ;\nselect 1;"),
         ["create trigger g before insert on t for each row", "set new.a = 1", "update u set b = 2", "select 1"]),
        ("oracle", "begin\n for r in (select a from b) loop\n delete from c where d = r.a;\n end loop;\nend;\n/\n",
         ["select a from b", "delete from c where d = r.a"]),
        ("oracle", "create table a (b int)\n/\ndrop table c\n/\n", ["create table a (b int)", "drop table c"]),
        ("postgres", "<<again>>\nloop\ndelete from a where b;\nend loop again;", ["delete from a where b"]),
        ("postgres", "begin; update t set a = 1; commit;", ["begin", "update t set a = 1", "commit"]),
        ("postgres", "begin transaction; select 1; end;", ["begin transaction", "select 1"]),
        ("sqlite", "create trigger t after insert on a begin update b set c = 1; end; select 1;",
         ["create trigger t after insert on a", "update b set c = 1", "select 1"]),
        ("tsql", "select 1\nGO\ndelete from t where a = 1\n go \nselect go\nfrom u",
         ["select 1", "delete from t where a = 1", "select go\nfrom u"]),
        ("tsql", "select a\nfrom t\nwhere b in (\n'GO'\n)\nGO\nselect 2", ["select a\nfrom t\nwhere b in (\n'GO'\n)", "select 2"]),
        ("oracle", "select\n'/'\nfrom dual\n/\nselect 2 from dual", ["select\n'/'\nfrom dual", "select 2 from dual"]),
        ("tsql", "select 1\nGo\ninsert into a select * from b\nupdate c set d = 1\ndelete from e where f = 1",
         ["select 1", "insert into a select * from b", "update c set d = 1", "delete from e where f = 1"]),
        ("tsql", "begin try\n insert into a values (1);\nend try\nbegin catch\n rollback;\nend catch",
         ["insert into a values (1)", "rollback"]),
    ],
)  # fmt: skip
def test_scripts_are_taken_apart(parse: Parse, dialect: str, text: str, expected: list[str]) -> None:
    document = parse(text, dialect)
    assert pieces(document) == expected
    assert [statement.problem for statement in document.statements if not statement.understood] == []


def test_the_body_of_a_routine_is_seen(parse: Parse) -> None:
    document = parse("create procedure p() begin insert into a (b) values (1); end;", "mysql")
    assert [type(s.tree) for s in document.statements] == [exp.Create, exp.Insert]


@pytest.mark.parametrize(
    ("dialect", "text", "expected"),
    [
        ("postgres", "\\c shop\n\\set x 'it''s'\nselect 1;\n  \\i other.sql\nselect 2;", ["select 1", "select 2"]),
        ("postgres", "COPY t (a) FROM stdin;\n1\tit's\n2\t(((\n\\.\nselect 1;", ["COPY t (a) FROM stdin", "select 1"]),
        ("postgres", "copy t from stdin with (format csv);\n\"a;b\n\\.\ncopy u from stdin;\n'\n\\.\n",
         ["copy t from stdin with (format csv)", "copy u from stdin"]),
        ("postgres", "copy t from stdin;\n1\n\nselect 2;", ["copy t from stdin", "1\n\nselect 2"]),
        ("tsql", ":setvar name 'it\nselect 1\ngo\n :on error exit\nselect a from t where b = :r\nand c = 1",
         ["select 1", "select a from t where b = :r\nand c = 1"]),
        ("sqlite", ".mode csv\n.import 'x y\nselect 1;\n", ["select 1"]),
        ("redshift", "copy t from 's3://b'\niam_role 'r'\ndelimiter ','\ngzip;\nselect f(a, ',') from t;",
         ["copy t from 's3://b'\niam_role 'r'\ndelimiter ','\ngzip", "select f(a, ',') from t"]),
        ("mysql", "delimiter //\nselect 1//\nselect 2//\ndelimiter ;\nselect 3;", ["select 1", "select 2", "select 3"]),
    ],
)  # fmt: skip
def test_what_is_for_the_client_is_blank(parse: Parse, dialect: str, text: str, expected: list[str]) -> None:
    assert len(blank_client_commands(text)) == len(text)
    assert blank_client_commands(text).count("\n") == text.count("\n")
    assert pieces(parse(text, dialect)) == expected


@pytest.mark.parametrize("text", ["\n" * 200_000 + "\\", "copy a from stdin;\n" * 20_000, "copy a\n" * 40_000 + "stdin\n\\.",
                                  "".join(f"delimiter x{i}\n" for i in range(20_000)), "go " * 100_000])  # fmt: skip
def test_client_commands_cost_no_time(parse: Parse, text: str) -> None:
    blank_client_commands(text)
    parse(text, "tsql")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("copy t (a) from stdin;\n-- leaktight: row\n/* row\n\\.\nselect 1; -- said", ["-- said"]),
        ("delimiter //\nselect 1// -- said\nselect 2//\ndelimiter ;\n", ["-- said"]),
        ("-- a\n\\echo -- b\nselect 1 /* c */", ["-- a", "/* c */"]),
    ],
)
def test_what_is_for_the_client_holds_no_comment(parse: Parse, text: str, expected: list[str]) -> None:
    document = parse(text)
    assert [comment for _, comment in document.comments()] == expected
    assert [document.slice(span) for span, _ in document.comments()] == expected


def test_a_broken_statement_costs_itself(parse: Parse) -> None:
    texts = [f"select a{number} from t" for number in range(10)]
    texts[4] = "select from where (a"
    document = parse(";\n".join(texts))
    assert pieces(document) == texts
    lost = [index for index, statement in enumerate(document.statements) if not statement.understood]
    assert lost == [4]
    statement = document.statements[4]
    assert statement.tree is None
    assert statement.problem
    assert statement.problem_span is not None
    assert statement.span.contains(statement.problem_span)


def test_the_problem_names_the_word(parse: Parse) -> None:
    document = parse("select a\nfrom t\nwhere a = = b")
    [statement] = document.statements
    assert statement.problem is not None
    assert not statement.problem.endswith(".")
    assert statement.problem_span is not None
    assert document.slice(statement.problem_span) in {"=", "b"}


@pytest.mark.parametrize(
    "text",
    [
        "grant select on t to r",
        "explain select * from t",
        "call p(1, 2)",
        "vacuum t",
        "lock tables a write",
        "set x = 1",
    ],
)
def test_statements_without_a_query_need_no_tree(parse: Parse, text: str) -> None:
    [statement] = parse(text, "mysql").statements
    assert statement.control
    assert statement.understood


def test_an_opaque_statement_is_not_understood(parse: Parse) -> None:
    [statement] = parse("truncate a b c d", "postgres").statements
    assert not statement.understood
    assert statement.problem == "`TRUNCATE` statement in a form that is not understood"


@pytest.mark.parametrize("text", ["select 'a", 'select "a', "select /* a"])
def test_text_that_ends_in_a_string_is_refused(parse: Parse, text: str) -> None:
    with pytest.raises(NotAnalysable) as refused:
        parse(text)
    assert refused.value.reason
    assert "\n" not in refused.value.reason


def test_nesting_is_guarded(parse: Parse) -> None:
    deep = f"select {'(' * MAX_NESTING}1{')' * MAX_NESTING}"
    assert parse(deep).statements[0].understood
    with pytest.raises(NotAnalysable, match=f"brackets nest {MAX_NESTING + 1} deep"):
        parse(f"select {'(' * (MAX_NESTING + 1)}1{')' * (MAX_NESTING + 1)}")
    assert parse("select (1;" * (MAX_NESTING + 10)).statements


def test_chains_are_guarded(parse: Parse) -> None:
    document = parse(f"select 1; select {' + '.join(['a'] * (MAX_CHAIN + 2))}; select 2")
    assert [statement.understood for statement in document.statements] == [True, False, True]
    assert document.statements[1].problem == f"more than {MAX_CHAIN} operators in one statement"
    document = parse(f"select {' + '.join(['a'] * 5_000)} from t")
    assert document.statements[0].understood
    assert len(list(document.find(exp.Column))) == 5_000
    assert document.slice(document.span(next(document.find(exp.Add)))).count("a") == 5_000


LONG = MAX_CHAIN + 2


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        *((f"select {f' {operator} '.join(['a'] * LONG)} from t", f"more than {MAX_CHAIN} operators in one statement")
          for operator in ("/", "like", "and", "=", "||", "+")),
        *((f" {operator} ".join(["select a, b from t"] * LONG), f"more than {MAX_CHAIN} operators in one statement")
          for operator in ("union all", "except", "intersect")),
        (f"select f(a, {' * '.join(['b'] * LONG)}, c)", f"more than {MAX_CHAIN} operators in one statement"),
        (f"select 1 from t{' join t' * (MAX_OPEN_JOINS + 1)}", f"more than {MAX_OPEN_JOINS} joins in a row without a condition"),
        (f"select 1 from t{' left join t' * 5_000}", f"more than {MAX_OPEN_JOINS} joins in a row without a condition"),
        (f"select 1 from t{' join t' * MAX_OPEN_JOINS}", None),
        (f"select 1 from t{' join t on a = b' * 100}", None),
        (f"select 1 from t{' cross join t' * 100}{' natural join t' * 100}", None),
        ("; ".join(["select 1 from t join u"] * 100), None),
        (" union all ".join(["select 1 from t join u"] * 100), None),
        (f"insert into t values {', '.join(['(-1, -2.5)'] * LONG)}", None),
        (f"select case {'when a = 1 then -1 ' * LONG} end", None),
        (f"select {', '.join(['a + b'] * LONG)} from t", None),
        (f"select {' or '.join(['a.b = 1'] * (MAX_CHAIN // 2 + 1))} from t", None),
    ],
)  # fmt: skip
def test_only_what_nests_counts_as_a_chain(parse: Parse, text: str, problem: str | None) -> None:
    assert {statement.problem for statement in parse(text).statements} == {problem}


def test_a_long_chain_is_climbed_once(parse: Parse) -> None:
    terms = parse(f"select {' + '.join(['a'] * 10_000)} from t")
    assert [len(scope.columns) for scope in terms.scopes] == [10_000]
    arms = parse(
        f"with c as (select 1) select a from (select 1 from t) where exists ({' union all '.join(['select b from u'] * 3_000)})"
    )
    outer = arms.scopes[0]
    assert sum(scope.parent is outer for scope in arms.scopes) == 3_000


@pytest.mark.parametrize(
    "text",
    [
        f"select a{'[1]' * (MAX_SUBSCRIPTS + 2)}",
        f"select {'struct(' * 60}1{')' * 60}",
        f"select {'array[' * 60}1{']' * 60}",
        f"select 1 from t where {'date(' * 60}a{')' * 60} = b",
    ],
)
def test_what_costs_the_parser_too_much_is_refused(parse: Parse, text: str) -> None:
    with pytest.raises(NotAnalysable, match="nest"):
        parse(text, "bigquery")


def test_what_only_looks_like_it_is_read(parse: Parse) -> None:
    for text in (
        f"select {', '.join(['a[1]'] * (MAX_SUBSCRIPTS + 2))}",
        f"select {', '.join(['struct(array[date(a)])'] * 100)}",
        f"select {'struct(' * MAX_TYPE_NESTING}1{')' * MAX_TYPE_NESTING}",
        f"select {'coalesce(' * 100}1{')' * 100}",
        f"select '{'(' * 500}', date(a) -- {'[' * 500}",
    ):
        assert [statement.understood for statement in parse(text, "bigquery").statements] == [True]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("\\set v 'a'\nselect f() = :'v' as same\n\\gset\nselect 2;", ["select f() = :'v' as same", "select 2"]),
        ("\\set s 'x'\nselect a from :\"s\".t;\n\\echo done\nselect 2;", ['select a from :"s".t', "select 2"]),
        ("begin;\nselect format($f$create table a (b int)$f$, :'v')\n\\gexec\ncommit;",
         ["begin", "select format($f$create table a (b int)$f$, :'v')", "commit"]),
        ("\\timing\nselect 1 \\g out.txt\nselect 2;", ["select 1", "select 2"]),
    ],
)  # fmt: skip
def test_psql_variables_and_commands_that_send(parse: Parse, text: str, expected: list[str]) -> None:
    document = parse(text, "postgres")
    assert pieces(document) == expected
    assert all(statement.understood for statement in document.statements)


@pytest.mark.parametrize(
    "text", ["select a:'b' from t", 'select \'{"a":"b"}\'', "select a::text from t", "select ':a'"]
)
def test_other_colons_stay(text: str) -> None:
    assert blank_client_commands(text) == text


def test_a_variable_of_the_command_line(parse: Parse) -> None:
    (statement,) = parse("select a from t where day <= :'DAY'", "postgres").statements
    assert statement.understood


def test_what_is_said_to_sqlmesh_is_no_query(parse: Parse) -> None:
    text = "MODEL (\n  name shop.orders,\n  kind FULL\n);\n@DEF(days, 7);\nselect a from t where n > @days"
    document = parse(text, "duckdb")
    assert [statement.understood for statement in document.statements] == [True, True, True]
    assert isinstance(document.statements[2].tree, exp.Select)


def test_the_nodes_of_a_query_whose_brackets_stand_behind_with_are_in_its_statement(parse: Parse) -> None:
    document = parse("with a as (select b from c order by b)\n(select b from a);\nselect 1", "bigquery")
    first = document.statements[0]
    assert {document.statement_of(node) for node in document.find(exp.Select, exp.Order)} == {
        first,
        document.statements[1],
    }
