"""Batches of SQL Server, in which no semicolon parts the statements."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlglot import exp

from leaktight.languages.sql.document import SqlDocument

Parse = Callable[..., SqlDocument]


def pieces(document: SqlDocument) -> list[str]:
    return [" ".join(document.slice(statement.span).split()) for statement in document.statements]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("declare @a int select @a = b from t print 'x'", ["declare @a int", "select @a = b from t", "print 'x'"]),
        ("set nocount on select a from t", ["set nocount on", "select a from t"]),
        (
            "set nocount on exec p @a = 1 update t set a = 1 where b = 2 set @c = 3",
            ["set nocount on", "exec p @a = 1", "update t set a = 1 where b = 2", "set @c = 3"],
        ),
        (
            "if @@rowcount = 0 begin throw 51003, 'x', 1; end; select a from t",
            ["throw 51003, 'x', 1", "select a from t"],
        ),
        (
            "if object_id('t') is not null drop table t else dbcc checkdb return",
            ["drop table t", "dbcc checkdb", "return"],
        ),
        (
            "if exists (select * from t where a = 1) exec p else insert into t (a) select a from u option (recompile)",
            ["exists (select * from t where a = 1)", "exec p", "insert into t (a) select a from u option (recompile)"],
        ),
        (
            "while (select count(*) from t) > 0 begin delete top (10) from t where a = 1 exec p end",
            ["select count(*) from t", "delete top (10) from t where a = 1", "exec p"],
        ),
        (
            "print 'a' select a from t union all select a from u select b from v",
            ["print 'a'", "select a from t union all select a from u", "select b from v"],
        ),
        (
            "exec p alter table t drop constraint c alter table t alter column a int drop table if exists u",
            ["exec p", "alter table t drop constraint c", "alter table t alter column a int", "drop table if exists u"],
        ),
        (
            "exec p create table t (a int references u (a) on delete cascade) create index i on t (a) with (online = on)",
            ["exec p", "create table t (a int references u (a) on delete cascade)", "create index i on t (a) with (online = on)"],
        ),
        (
            "grant select, insert, execute on schema::dbo to r with grant option select a from t",
            ["grant select, insert, execute on schema::dbo to r with grant option", "select a from t"],
        ),
        (
            "declare c cursor for select a from t open c fetch next from c into @a close c",
            ["declare c cursor for select a from t", "open c", "fetch next from c into @a", "close c"],
        ),
        (
            "print 1 select a from t order by a offset 5 rows fetch next 5 rows only select case when a = 1 then 2 else 3 end from t",
            ["print 1", "select a from t order by a offset 5 rows fetch next 5 rows only",
             "select case when a = 1 then 2 else 3 end from t"],
        ),
        (
            "exec p; with x as (select a from t) update x set a = 1 select a from x",
            ["exec p", "with x as (select a from t) update x set a = 1", "select a from x"],
        ),
        (
            "create procedure p @a int = 1 with execute as owner as select a from t select b from u",
            ["create procedure p @a int = 1 with execute as owner as", "select a from t", "select b from u"],
        ),
        (
            "create trigger g on t after insert, update as if update(a) exec p delete from u where a = 1",
            ["create trigger g on t after insert, update as", "exec p", "delete from u where a = 1"],
        ),
        (
            "begin try exec p begin tran insert into t values (1) commit end try begin catch rollback exec q end catch",
            ["exec p", "begin tran", "insert into t values (1)", "commit", "rollback", "exec q"],
        ),
        ("exec p select [select], t.[update], 'delete' from [insert] t", ["exec p", "select [select], t.[update], 'delete' from [insert] t"]),
        ("print 1\nagain: select a from t goto again", ["print 1", "select a from t", "goto again"]),
    ],
)  # fmt: skip
def test_statements_without_semicolons(parse: Parse, text: str, expected: list[str]) -> None:
    document = parse(text, "tsql")
    assert pieces(document) == expected
    assert [s.problem for s in document.statements if not s.understood] == []


def test_what_a_procedure_gives_is_inserted(parse: Parse) -> None:
    document = parse("insert into t (a) exec p @b = 1 select 1 from t", "tsql")
    assert pieces(document) == ["insert into t (a) exec p @b = 1", "select 1 from t"]


def test_what_is_returned_is_read(parse: Parse) -> None:
    text = "create function f (@a int) returns table as return (select a from t where b = @a)\ngo\nselect 1 as x"
    document = parse(text, "tsql")
    assert "t" in [table.name for table in document.find(exp.Table)]
    assert document.statements[0].routine == "FUNCTION"
    assert document.statements[-1].routine == ""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("end end", []),
        ("if", []),
        ("if exists (", []),
        ("else begin", []),
        ("print 1 merge t using", ["print 1", "merge t using"]),
        ("exec", ["exec"]),
        ("return (", ["return ("]),
        ("return (select a from t", ["select a from t"]),
        ("begin atomic with (", []),
        ("begin atomic with (language = n'x') select a from t", ["select a from t"]),
    ],
)
def test_stumps(parse: Parse, text: str, expected: list[str]) -> None:
    assert pieces(parse(text, "tsql")) == expected
