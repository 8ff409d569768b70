"""What a query makes of an index, for `unused-index` and `unused-index-prefix`, which do not speak of one index together."""

from __future__ import annotations

import pytest

from leaktight.testing import run
from leaktight_rules.index.unused_index import UnusedIndex
from leaktight_rules.index.unused_index_prefix import UnusedIndexPrefix

DDL = "create table shop.t (id bigint primary key, a int, b int, c int);"
INDEX = "create index i on shop.t (a, b);"


@pytest.mark.parametrize(
    ("condition", "unused", "prefix"),
    [
        ("c = 1", 1, 0),
        ("b = 1", 0, 1),
        ("a = 1", 0, 0),
        ("a = 1 and b = 1", 0, 0),
        ("c = 1 order by a", 0, 0),
        ("a > 1", 0, 0),
    ],
)
def test_by_what_queries_ask_for(check, condition: str, unused: int, prefix: int) -> None:
    queries = {f"api__q{n}.sql": f"select id, {n} from shop.t where {condition};" for n in range(4)}
    assert len(check(UnusedIndex(), DDL + INDEX, **queries)) == unused
    assert len(check(UnusedIndexPrefix(), DDL + INDEX, **queries)) == prefix


@pytest.mark.parametrize(
    "extra",
    [
        "create unique index i on shop.t (a);",
        "create index i on shop.t (lower(a::text));",
        "create index i on shop.t (a); alter table shop.t add foreign key (a) references shop.u (id);",
        "create index i on shop.t using gin (a);",
    ],
)
def test_indexes_that_serve_more_than_queries(check, extra: str) -> None:
    queries = {f"api__q{n}.sql": f"select id, {n} from shop.t where c = 1;" for n in range(4)}
    assert check(UnusedIndex(), DDL + extra, **queries) == []


@pytest.mark.parametrize(
    ("join", "unused", "prefix"), [("using (a)", 0, 0), ("on u.c = t.c", 1, 0), ("on u.b = t.b", 0, 1)]
)
def test_joins(check, join: str, unused: int, prefix: int) -> None:
    queries = {f"api__q{n}.sql": f"select t.id, {n} from shop.t join shop.u {join};" for n in range(4)}
    assert len(check(UnusedIndex(), DDL + INDEX, **queries)) == unused
    assert len(check(UnusedIndexPrefix(), DDL + INDEX, **queries)) == prefix


@pytest.mark.parametrize(("second", "found"), [("select count(*)", 1), ("select c", 1), ("select id", 0)])
def test_two_queries_of_one_file_count_as_two_unless_they_are_the_same(check, second: str, found: int) -> None:
    queries = {"api__q.sql": f"select id from shop.t where b = 1;\n{second} from shop.t where b = 2;"}
    assert len(check(UnusedIndexPrefix(), DDL + INDEX, **queries)) == found


def test_columns_are_called_as_they_are_declared(check) -> None:
    ddl = "create table dbo.T (Id int primary key, A int, UserId int); create index I on dbo.T (A, UserId);"
    queries = {f"api__q{n}.sql": f"select Id, {n} from dbo.T where userid = 1;" for n in range(2)}
    (told,) = check(UnusedIndexPrefix(), ddl, dialect="tsql", **queries)
    assert told.message == "no query filters `dbo.T` by `A`, 2 filter by `UserId`, a later column of it"


@pytest.mark.parametrize(("modelled", "count"), [(False, 1), (True, 0)])
def test_what_an_object_mapper_asks_nobody_knows(check, modelled: bool, count: int) -> None:
    model = (
        "from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column\n\n\n"
        "class Base(DeclarativeBase):\n    pass\n\n\n"
        "class Order(Base):\n    __tablename__ = 'orders'\n    id: Mapped[int] = mapped_column(primary_key=True)\n"
        "    note: Mapped[str]\n"
    )
    queries = {f"api__q{n}.sql": f"select id, {n} from orders where a = 1;" for n in range(4)}
    queries |= {"app__models.py": model} if modelled else {}
    ddl = "create table orders (id bigint primary key, a int, note text); create index i on orders (note);"
    assert len(check(UnusedIndex(), ddl, **queries)) == count


@pytest.mark.parametrize(("programs", "found"), [(frozenset(), 1), (frozenset({"Ruby"}), 0)])
def test_what_programs_ask_that_nobody_reads_is_not_known(programs: frozenset[str], found: int) -> None:
    files = {"ddl/t.sql": "create table t (id bigint primary key, a int, b int); create index t_b on t (b);"}
    files |= {f"api/{name}.sql": "select id from t where a = 1;" for name in "wxyz"}
    told = run(UnusedIndex(), files, reported="ddl/t.sql", dialect="postgres", programs=programs).diagnostics
    assert len(told) == found


def test_what_an_object_mapper_asks_is_not_known() -> None:
    model = """
from sqlalchemy import Column, Integer
from sqlalchemy.orm import declarative_base
Base = declarative_base()
class T(Base):
    __tablename__ = "t"
    id = Column(Integer, primary_key=True)
    b = Column(Integer, index=True)
"""
    files = {"models.py": model, **{f"api/{name}.sql": "select id from t where id = 1;" for name in "wxyz"}}
    assert not run(UnusedIndex(), files, reported="models.py", dialect="postgres").diagnostics
