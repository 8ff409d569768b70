"""The writes of SQL files: what guards them, whether their target lasts, their transactions."""

from __future__ import annotations

import time

import pytest

from leaktight.catalog.catalog import catalog_of
from leaktight.operations.file import FileView
from leaktight.operations.project import Project
from leaktight.operations.table_write import TableWrite, WriteMethod
from leaktight.source import Language, Source


def writes(text: str, dialect: str = "postgres", path: str = "jobs/load.sql") -> list[TableWrite]:
    view = FileView(Source(path, text, Language.SQL), Project(catalog=catalog_of([])), dialect=dialect)
    return view.writes


def last(text: str, dialect: str = "postgres", path: str = "jobs/load.sql") -> TableWrite:
    return writes(text, dialect, path)[-1]


@pytest.mark.parametrize(
    ("dialect", "text", "method"),
    [
        ("postgres", "insert into t select a from s", WriteMethod.INSERT),
        ("postgres", "insert into t (a) values (1) on conflict do nothing", WriteMethod.UPSERT),
        ("mysql", "insert ignore into t values (1)", WriteMethod.UPSERT),
        ("sqlite", "insert or replace into t values (1)", WriteMethod.UPSERT),
        ("spark", "insert overwrite table t select a from s", WriteMethod.OVERWRITE),
        ("databricks", "insert into t replace where d = 1 select a from s", WriteMethod.OVERWRITE),
        ("snowflake", "merge into t using s on t.a = s.a when matched then delete", WriteMethod.DELETE),
        ("snowflake", "merge into t using s on t.a = s.a when matched then update set b = s.b", WriteMethod.UPSERT),
        ("postgres", "update t set a = 1", WriteMethod.UPDATE),
        ("postgres", "delete from t where a = 1", WriteMethod.DELETE),
        ("bigquery", "delete t where a = 1", WriteMethod.DELETE),
        ("tsql", "delete t", WriteMethod.DELETE),
        ("mysql", "truncate table t", WriteMethod.TRUNCATE),
        ("bigquery", "create or replace table t as select 1 as a", WriteMethod.OVERWRITE),
        ("postgres", "create table t as select 1 as a", WriteMethod.CREATE),
        ("tsql", "select a into t from s", WriteMethod.CREATE),
        ("redshift", "copy t from 's3://bucket/t' iam_role 'r' csv", WriteMethod.APPEND),
        ("bigquery", "load data into t from files (uris = ['gs://b/t'])", WriteMethod.APPEND),
        ("bigquery", "load data overwrite t from files (uris = ['gs://b/t'])", WriteMethod.OVERWRITE),
    ],
)
def test_method(dialect: str, text: str, method: WriteMethod) -> None:
    (write,) = writes(text, dialect)
    assert write.method is method
    assert write.target is not None
    assert str(write.target) == "t"
    assert write.document.slice(write.target_span) == "t"


@pytest.mark.parametrize(
    ("dialect", "text", "reason"),
    [
        ("postgres", "insert into t (a) select s.a from s on conflict (a) do nothing", "conflict clause"),
        ("postgres", "insert into t select a from s where not exists (select 1 from t where t.a = s.a)", "looks the target"),
        ("postgres", "insert into t select s.a from s left join t on t.a = s.a where t.a is null", "looks the target"),
        ("postgres", "insert into t select a from s where a > (select max(a) from t)", "looks the target"),
        ("bigquery", "insert into d.t select a from s except distinct select a from d.t", "looks the target"),
        ("postgres", "delete from t where d = '1'; insert into t select a from s", "deleted first"),
        ("bigquery", "delete d.t where d = '1'; insert into d.t select a from s", "deleted first"),
        ("postgres", "truncate t; insert into t select a from s", "emptied first"),
        ("postgres", "with gone as (delete from t where d = 1) insert into t select a from s", "deleted first"),
        ("postgres", "drop table t; create table t (a int); insert into t select a from s", "dropped first"),
        ("bigquery", "create or replace table t (a int64); insert into t select a from s", "made anew"),
        ("postgres", "insert into t_new select a from s; alter table t_new rename to t", "swapped in"),
        ("postgres", "insert into t select a from s; drop table t", "dropped afterwards"),
        ("postgres", "insert into t select a from s; delete from t where ctid not in (select min(ctid) from t group by a)",
         "duplicates are deleted"),
        ("tsql", "if not exists (select 1 from t)\ninsert into t select a from s", "`IF`"),
        ("tsql", "if not exists (select 1 from t)\nbegin\n  insert into t select a from s\nend", "`IF`"),
        ("snowflake", "copy into t from @stage", "64 days"),
        ("hive", "alter table t drop if exists partition (d = '1'); insert into t select a from s", "deleted first"),
    ],
)  # fmt: skip
def test_guard(dialect: str, text: str, reason: str) -> None:
    found = [write for write in writes(text, dialect) if write.guard is not None and reason in write.guard.reason]
    assert found, [(write.method, write.guard) for write in writes(text, dialect)]
    assert not any(write.repeats for write in writes(text, dialect))
    assert found[0].guard is not None
    assert found[0].guard.place is not None


@pytest.mark.parametrize(
    ("dialect", "text"),
    [
        ("postgres", "insert into t select a from s"),
        ("postgres", "delete from t where created_at < now() - interval '90 days'; insert into t select a from s"),
        ("postgres", "delete from other where d = 1; insert into t select a from s"),
        ("postgres", "insert into t select a, 2025 from t where y = 2024"),
        ("postgres", "create table if not exists t (a int); insert into t select a from s"),
        ("tsql", "drop table if exists x\ninsert into t select a from s"),
        ("snowflake", "copy into t from @stage force = true"),
        ("postgres", "select count(*) from t; insert into t select a from s"),
    ],
)
def test_unguarded(dialect: str, text: str) -> None:
    assert last(text, dialect).repeats


UNDER_IF = [
    ("tsql", "if not exists (select 1 from loads where d = @d)\nbegin\nprint 'x';\n{insert};\nend"),
    (
        "tsql",
        "if not exists (select 1 from loads where d = @d)\nbegin\ninsert into loads (d) values (@d);\n{insert};\nend",
    ),
    ("tsql", "if not exists (select 1 from loads)\n{insert}"),
    ("tsql", "if @a = 1\nbegin try\nif @b = 1 print 'y'\n{insert};\nend try\nbegin catch\nend catch"),
    ("tsql", "if @a = 1\nbegin\ndelete from x where d = 1\nend\nelse\n{insert}"),
    ("tsql", "if exists (select 1 from loads where d = @d) return\n{insert}"),
    ("tsql", "if exists (select 1 from loads where d = @d)\nbegin\nprint 'x';\nreturn;\nend\n{insert}"),
    ("tsql", "if @a = 1\nbegin\nprint 'x'\nend\nif @b = 1\n{insert}"),
    ("tsql", "if @a = 1\nbegin\nwhile @i < 3\nbegin\nset @i = @i + 1\nend\n{insert};\nend"),
    ("tsql", "if update(a)\nbegin\n{insert}\nend"),
    ("mysql", "create procedure p() begin if not exists (select 1 from l) then set x = 1; {insert}; end if; end"),
    ("mysql", "create procedure p() begin if a then set x = 1; elseif b then {insert}; end if; end"),
    ("mysql", "create procedure p() begin if a then set x = 1; else set y = 2; {insert}; end if; end"),
    ("mysql", "create procedure p() begin if a then if b then set x = 1; end if; {insert}; end if; end"),
    ("mysql", "create procedure p() begin if exists (select 1 from l) then leave p; end if; {insert}; end"),
    ("bigquery", "if (select count(*) from d.l) = 0 then begin set x = 1; {insert}; end; end if"),
    (
        "oracle",
        "begin if x = 1 then case y when 1 then delete from x where d = 1; else null; end case; {insert}; end if; end;",
    ),
]
BESIDE_IF = [
    ("tsql", "if object_id('tempdb..#x') is not null drop table #x\n{insert}"),
    ("tsql", "drop table if exists #x\n{insert}"),
    ("tsql", "if @a = 1\nbegin\nprint 'x';\nend\n{insert}"),
    ("tsql", "if @a = 1\nbegin\nprint case when @a = 1 then 'x' else 'y' end;\nend;\n{insert}"),
    ("tsql", "if @a = 1\nbegin\nprint 'x'\nend\nwhile @i < 3\nbegin\n{insert};\nend"),
    ("tsql", "if @a = 1 print 'x';\n{insert}"),
    ("tsql", "if @a is null return\n{insert}"),
    ("tsql", "if @a = 1\nbegin transaction\n{insert}\ncommit"),
    ("tsql", "if @a = 1 begin\nprint 'x'\nGO\n{insert}"),
    ("mysql", "create procedure p() begin if a then set x = 1; end if; {insert}; end"),
    ("mysql", "create procedure p() begin if a then set x = 1; elseif b then set x = 2; end if; {insert}; end"),
    ("mysql", "create procedure p() begin if a then leave p; end if; {insert}; end"),
    ("mysql", "create procedure p() begin while a do if b then set x = 1; end if; {insert}; end while; end"),
    ("mysql", "select if(a, 1, 2) from x; {insert}"),
    ("postgres", "create table if not exists x (a int); {insert}"),
    ("bigquery", "begin select if(a, 1, 2) from d.x; {insert}; end"),
]


@pytest.mark.parametrize(("dialect", "text"), UNDER_IF)
def test_under_an_if(dialect: str, text: str) -> None:
    (write,) = [
        one
        for one in writes(text.format(insert="insert into facts (a) select a from s"), dialect)
        if one.written == "facts"
    ]
    assert write.guard is not None
    assert "`IF`" in write.guard.reason


@pytest.mark.parametrize(("dialect", "text"), BESIDE_IF)
def test_beside_an_if(dialect: str, text: str) -> None:
    (write,) = [
        one
        for one in writes(text.format(insert="insert into facts (a) select a from s"), dialect)
        if one.written == "facts"
    ]
    assert write.guard is None


@pytest.mark.parametrize(
    "text",
    [
        "create temp table t (a int); insert into t select a from s",
        "insert into staging.t select a from s",
        "insert into stg_t select a from s",
        "insert into t_tmp select a from s",
        "insert into t_temp2 select a from s",
    ],
)
def test_does_not_last(text: str) -> None:
    assert not last(text).lasting


def test_words_of_other_names_are_no_staging() -> None:
    assert last("insert into stages_of_life select a from s").lasting
    assert last("insert into temperatures select a from s").lasting
    assert last("insert into temp_readings select a from s").lasting
    assert last("insert into deal_stage_history select a from s").lasting


def test_load_is_told_by_the_rows_and_the_path() -> None:
    assert last("insert into t select a from s").load is not None
    assert last("insert into t values (1)").load is None
    assert last("insert into t select 1").load is None
    assert last("insert into t select a from s", path="migrations/V2__fill.sql").load is None
    assert last("insert into t select a from s", path="tests/fill.sql").load is None


def test_transactions() -> None:
    one = writes("begin; delete from t; insert into t select a from s; commit; insert into t select b from s")
    assert one[0].transaction == one[1].transaction
    assert one[1].transaction != one[2].transaction
    alone = writes("delete from t where d = 1; insert into t select a from s", "bigquery")
    assert [write.transaction for write in alone] == [None, None]
    assert alone[0].commits is not None
    assert "BigQuery" in alone[0].commits.reason
    grouped = writes(
        "begin transaction; delete from t where d = 1; insert into t select a from s; commit transaction", "bigquery"
    )
    assert grouped[0].transaction == grouped[1].transaction
    assert grouped[0].transaction is not None
    (truncate, _) = writes("truncate table t; insert into t select a from s", "mysql")
    assert truncate.commits is not None


def test_triggers_and_queries_write_nothing() -> None:
    trigger = "create trigger keep after insert on t for each row begin insert into audit select new.a from t; end"
    assert writes(trigger, "mysql") == []
    assert writes("select a from t") == []


def test_before_holds_the_earlier_writes_of_the_same_table() -> None:
    found = writes("delete from a.t; insert into u select 1; insert into t select a from s")
    assert [write.method for write in found[2].before] == [WriteMethod.DELETE]


def test_many_rows_are_cheap() -> None:
    text = "".join(f"insert into t (a) values ({number});\n" for number in range(3000))
    found = writes(text)
    assert len(found) == 3000
    assert len(found[-1].before) <= 16


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("update t set a = 1 from dbo.orders as t join src as s on s.id = t.id", "dbo.orders"),
        ("update t set a = 1 from src as s join dbo.orders as t on s.id = t.id", "dbo.orders"),
        ("delete t from dbo.orders as t where t.a = 1", "dbo.orders"),
        ("update t set a = 1 from src as s where s.id = t.id", "t"),
        ("update t set a = 1 where b = 2", "t"),
        ("update dbo.t set a = 1 from dbo.orders as t", "dbo.t"),
    ],
)
def test_the_alias_of_a_table_in_from_means_that_table(text: str, written: str) -> None:
    (found,) = writes(text, "tsql")
    assert found.written == written
    (scope,) = found.document.scopes  # type: ignore[attr-defined]
    assert len({id(relation.node) for relation in scope.relations}) == len(scope.relations)


def test_many_writes_take_time_in_proportion_to_them() -> None:
    text = "".join(f"delete from t where a < {n}; insert into t select * from u where a = {n};\n" for n in range(800))
    start = time.process_time()
    found = writes(text)
    assert len(found) == 1600
    assert time.process_time() - start < 5


@pytest.mark.parametrize(("before", "guarded"), [(60, True), (70, False)])
def test_a_guard_is_looked_for_among_the_steps_nearby(before: int, guarded: bool) -> None:
    reads = "update t set a = 1 where b = 2;\n" * before
    found = last(f"truncate table t;\n{reads}insert into t select * from u;\n")
    assert (found.guard is not None) is guarded
