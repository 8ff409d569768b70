"""Values that are put where they do not fit."""

from __future__ import annotations

from collections.abc import Iterator

from leaktight import (
    Bad,
    Becomes,
    Category,
    Finding,
    Fix,
    Good,
    KnownColumn,
    Lost,
    Related,
    Severity,
    SqlDocument,
    SqlRule,
    TypeFamily,
    assigning,
    clauses,
    column_types,
    exp,
    predicates,
    words_of,
)

_DDL = """
create table imports (import_id bigint primary key, email varchar(255), code varchar(12), amount numeric(12, 4), hits bigint,
    seen_at timestamp);
create table leads (lead_id bigint primary key, email varchar(80), code char(3), amount numeric(12, 2), hits int, seen date,
    points int);
create table visits (visit_id bigint, seen_at timestamp, visit_date date);
"""
_OF_DAYS = frozenset({"date", "day", "dt", "dob", "birthday", "week", "month", "quarter", "year"})
"""Words of columns that hold a day, whatever their type."""


class NarrowingCast(SqlRule):
    """A value is cast to, or written into, a type that is narrower than the one it comes from.

    `CAST(email AS varchar(80))` cuts an address of 81 letters without a word; an `INSERT` of it is refused on Postgres and
    cut on MySQL without strict mode. A `BIGINT` in an `INT` column works until the numbers grow. What is lost is lost for
    good, and mostly it is noticed when somebody needs it.

    Both types come from the catalog: the rule compares lengths of text, bits of integers and digits before the point, and in a
    target column digits after it too, and times of day. `TRY_CAST` and `SAFE_CAST` say that a loss is expected; so does
    `LEFT(email, 80)`. Dates made of timestamps and whole numbers made of fractions are what a cast is for; without one the engine
    makes them all the same, and nobody has said so:

    | into | the engines |
    | --- | --- |
    | a `DATE`, of a timestamp | all drop the time of day without a word; BigQuery refuses |
    | fewer digits after the point | all round without a word |
    | an integer, of a decimal | PostgreSQL, Redshift, MySQL, Snowflake and DuckDB round, SQL Server and Spark cut, BigQuery refuses |
    | a shorter text | all refuse, MySQL without strict mode cuts; DuckDB and SQLite keep no lengths |

    A column whose name says that it is a day (`visit_date`) is filled on purpose, and so is one of a source that is called so. What
    is cast to a date and then put into a timestamp has lost its time on the way: that is told, but for queries that group by it.
    """

    name = "narrowing-cast"
    category = Category.LOSS
    severity = Severity.WARNING
    examples = (
        Bad(
            """
            select import_id, cast(email as varchar(80)) as email from imports
                              ^^^^^^^^^^^^^^^^^^^^^^^^^^ `email` is VARCHAR(255), and VARCHAR(80) holds 80 of 255 characters
            """,
            catalog=_DDL,
            dialect="postgres",
        ),
        Bad(
            """
            insert into leads (lead_id, email, hits) select import_id, email, hits from imports
                                                                       ^^^^^ `email` is VARCHAR(255), and `leads.email` is VARCHAR(80)
                                                                              ^^^^ `hits` is BIGINT, and `leads.hits` is INT
            """,
            catalog=_DDL,
            dialect="postgres",
        ),
        Bad(
            """
            update leads set amount = i.amount from imports i where i.import_id = leads.lead_id
                                      ^^^^^^^^ `amount` is NUMERIC(12, 4), and `leads.amount` is NUMERIC(12, 2)
            """,
            catalog=_DDL,
            dialect="postgres",
        ),
        Bad(
            """
            insert into leads (lead_id, code) values (1, 'DE-BY')
                                                         ^^^^^^^ has 5 characters, and `leads.code` is CHAR(3)
            """,
            catalog=_DDL,
            dialect="postgres",
        ),
        Bad(
            """
            insert into leads (lead_id, seen, points) select import_id, seen_at, amount from imports
                                                                        ^^^^^^^ `leads.seen` is DATE: the time of day is dropped
                                                                                 ^^^^^^ `leads.points` is INT: all digits after the point are rounded off
            """,
            catalog=_DDL,
            dialect="postgres",
        ),
        Bad(
            """
            insert into visits (visit_id, seen_at) select import_id, seen_at::date from imports
                                                                     ^^^^^^^^^^^^^ `seen_at` is cast to a date, and `visits.seen_at` is TIMESTAMP
            """,
            catalog=_DDL,
            dialect="postgres",
        ),
        Good(
            "insert into leads (lead_id, seen) select import_id, seen_at::date from imports",
            catalog=_DDL,
            dialect="postgres",
        ),
        Good(
            "insert into visits (visit_id, visit_date) select import_id, seen_at from imports",
            catalog=_DDL,
            dialect="postgres",
            note="The column says that it holds a day.",
        ),
        Good("select cast(email as varchar(320)) as email from imports", catalog=_DDL, dialect="postgres"),
        Good("select try_cast(email as varchar(80)) as email from imports", catalog=_DDL, dialect="snowflake"),
        Good(
            "insert into leads (lead_id, email) select import_id, left(email, 80) from imports",
            catalog=_DDL,
            dialect="postgres",
        ),
        Good("select cast(amount as numeric(12, 2)) as amount from imports", catalog=_DDL, dialect="postgres"),
        Good(
            "select sum(cast(amount as decimal(19, 6))) as amount from sales",
            catalog="create table sales (id bigint, amount numeric(38, 12));",
            dialect="tsql",
            note="38 digits are as many as there can be, not as many as there are.",
        ),
        Good(
            "insert into totals (id, amount) select id, amount from sales",
            catalog="create table sales (id int, amount number(38, 12)); create table totals (id int, amount number(19, 7));",
            dialect="snowflake",
            note="Seven digits after the point are enough for what has 38 of which nobody knows how many are used.",
        ),
        Good("select cast(email as varchar(80)) as email from contacts", note="The type is not known."),
    )

    def check(self, sql: SqlDocument) -> Iterator[Finding]:
        """Yield each cast and each value that goes into a column which is too narrow for it."""
        if sql.catalog.is_empty or sql.path.fixture:
            return
        for cast in sql.find(exp.Cast):
            if not isinstance(cast, exp.TryCast):
                yield from _cast(sql, cast)
        for insert in sql.find(exp.Insert):
            if not isinstance(insert.parent, exp.When) and not clauses.insert_ignores(insert):
                yield from _insert(sql, insert)
        for update in sql.find(exp.Update):
            yield from _update(sql, update)


def _cast(sql: SqlDocument, cast: exp.Cast) -> Iterator[Finding]:
    inner = predicates.unparenthesised(cast.this)
    known = sql.resolver.column(inner) if isinstance(inner, exp.Column) else None
    if known is None or known.column.type is None or not isinstance(cast.to, exp.DataType):
        return
    wanted = cast.to.sql(dialect=sql.dialect).upper()
    lost = _loss(known.column.type, wanted, known.table.dialect, rounds=False)
    text = column_types.family(wanted) is TypeFamily.TEXT
    if text and assigning.becomes(sql.dialect, Lost.TEXT) is Becomes.KEPT:
        return
    if lost is not None:
        yield Finding(
            sql.span(cast),
            f"`{known.column.name}` is {known.column.type}, and {wanted} holds {lost}",
            related=_related(known),
            fix=Fix.hint(
                "cast to a type that is wide enough, or say `TRY_CAST`, `SAFE_CAST` or `LEFT` where a loss is meant"
            ),
        )


def _insert(sql: SqlDocument, insert: exp.Insert) -> Iterator[Finding]:
    node, source = clauses.target(insert), clauses.insert_source(insert)
    table = sql.resolver.table(node) if node is not None else None
    if table is None or source is None or clauses.insert_by_name(insert) or sql.resolver.runs_in_between(table.name):
        return
    names = [item.name for item in clauses.insert_columns(insert)]
    if not names:
        if clauses.insert_partition(insert) or not sql.resolver.complete(table):
            return
        names = [column.name for column in table.columns.values()]
    targets = [sql.resolver.known(table, name) for name in names]
    if isinstance(source, exp.Values):
        for row in source.expressions:
            values = row.expressions if isinstance(row, exp.Tuple) else [row]
            for target, value in zip(targets, values, strict=False) if len(values) == len(targets) else ():
                yield from _value(sql, target, value)
        return
    for arm in clauses.arms(source) if isinstance(source, clauses.QUERY) else ():
        outputs = sql.resolver.outputs(arm) if isinstance(arm, exp.Select) else None
        if outputs is None or len(outputs) != len(targets):
            continue
        for target, output in zip(targets, outputs, strict=True):
            item = output.item.this if isinstance(output.item, exp.Alias) else output.item
            if output.known is not None:
                yield from _column(sql, target, output.known, item)
            else:
                yield from _value(sql, target, item)


def _update(sql: SqlDocument, update: exp.Update) -> Iterator[Finding]:
    node = clauses.target(update)
    table = sql.resolver.table(node) if node is not None else None
    if table is None or sql.resolver.runs_in_between(table.name):
        return
    for assignment in clauses.assignments(update):
        if isinstance(assignment, exp.EQ) and isinstance(assignment.this, exp.Column):
            target = sql.resolver.known(table, assignment.this.name)
            value = predicates.unparenthesised(assignment.expression)
            known = sql.resolver.column(value) if isinstance(value, exp.Column) else None
            if known is not None:
                yield from _column(sql, target, known, value)
            else:
                yield from _value(sql, target, value)


def _column(sql: SqlDocument, target: KnownColumn | None, known: KnownColumn, item: exp.Expr) -> Iterator[Finding]:
    if target is None or target.column.type is None or known.column.type is None:
        return
    dialect = target.table.dialect or sql.dialect
    lost = _lost(known.column.type, target.column.type, dialect)
    if lost is None or (lost is Lost.TIME and (_holds_days(known) or _holds_days(target))):
        return
    becomes = assigning.becomes(dialect, lost)
    if becomes is Becomes.KEPT or (lost in _NEEDS_FACT and becomes in {None, Becomes.REFUSED}):
        return
    verb = "is" if lost is Lost.TIME else "are"
    then = f": {lost} {verb} {becomes}" if becomes in {Becomes.DROPPED, Becomes.ROUNDED} else ""
    yield Finding(
        sql.span(item),
        f"`{known.column.name}` is {known.column.type}, and `{_title(target)}` is {target.column.type}{then}",
        related=(*_related(known), *_related(target)),
        fix=Fix.hint("widen the column, or cut, cast or check the value where a loss is meant"),
    )


_NEEDS_FACT = frozenset({Lost.TIME, Lost.FRACTION_OF_WHOLE})
"""Losses between types of two kinds, which an engine that refuses them shows when the statement is first run."""


def _lost(have: str, want: str, dialect: str) -> Lost | None:
    """Say what a column of one type cannot hold of another; digits before the point and bits count as text that is too long."""
    ours, theirs = column_types.family(have, dialect), column_types.family(want, dialect)
    if (ours, theirs) == (TypeFamily.INSTANT, TypeFamily.DATE):
        return Lost.TIME
    if (ours, theirs) == (TypeFamily.DECIMAL, TypeFamily.INTEGER):
        digits = _digits(have)
        return Lost.FRACTION_OF_WHOLE if digits is not None and digits[1] > 0 else None
    if _loss(have, want, dialect, rounds=False) is not None:
        return Lost.TEXT if ours is TypeFamily.TEXT else Lost.RANGE
    return Lost.FRACTION if _loss(have, want, dialect, rounds=True) is not None else None


def _holds_days(known: KnownColumn) -> bool:
    return not _OF_DAYS.isdisjoint(words_of(known.column.name))


def _value(sql: SqlDocument, target: KnownColumn | None, value: exp.Expr) -> Iterator[Finding]:
    """Yield a string that is longer than its column, and a timestamp whose time of day is gone when its column gets it."""
    if target is None or target.column.type is None:
        return
    dialect = target.table.dialect or sql.dialect
    if column_types.family(target.column.type, dialect) is TypeFamily.INSTANT:
        yield from _day(sql, target, value)
        return
    if not isinstance(value, exp.Literal) or not value.is_string or sql.has_hole(value):
        return
    if column_types.family(target.column.type) is not TypeFamily.TEXT:
        return
    most = column_types.length(target.column.type)
    if assigning.becomes(dialect, Lost.TEXT) is Becomes.KEPT:
        return
    if most is not None and len(value.name.rstrip(" ")) > most:
        yield Finding(
            sql.span(value),
            f"this string has {len(value.name)} characters, and `{_title(target)}` is {target.column.type}",
            related=_related(target),
            fix=Fix.hint("shorten the string, or widen the column"),
        )


def _day(sql: SqlDocument, target: KnownColumn, value: exp.Expr) -> Iterator[Finding]:
    """Yield a timestamp that is cast to a date and then kept as a timestamp, where no row stands for a whole day."""
    value = predicates.unparenthesised(value)
    column = _dated(value)
    known = sql.resolver.column(column) if column is not None else None
    if known is None or known.column is target.column or _holds_days(target) or sql.dialect == "oracle":
        return
    if column_types.family(known.column.type, known.table.dialect or sql.dialect) is not TypeFamily.INSTANT:
        return
    select = value.find_ancestor(exp.Select)
    if select is not None and (clauses.group(select) is not None or clauses.distinct(select) is not None):
        return
    yield Finding(
        sql.span(value),
        f"`{known.column.name}` is cast to a date, and `{_title(target)}` is {target.column.type}: it gets midnight",
        related=(*_related(known), *_related(target)),
        fix=Fix.hint("pass the timestamp on, or keep a date in a column of that type"),
    )


def _dated(value: exp.Expr) -> exp.Column | None:
    """Give the column in `CAST(ts AS DATE)`, `ts::date` and `DATE(ts)`."""
    cast = isinstance(value, exp.Cast) and isinstance(value.to, exp.DataType) and value.to.is_type("date")
    if not cast and not (isinstance(value, (exp.Date, exp.TsOrDsToDate)) and not value.expressions):
        return None
    inner = predicates.unparenthesised(value.this)
    return inner if isinstance(inner, exp.Column) else None


def _loss(have: str, want: str, dialect: str, *, rounds: bool) -> str | None:
    """Say what of a value of one type another one holds, if it does not hold all; with `rounds`, digits after the point count."""
    ours, theirs = column_types.family(have, dialect), column_types.family(want, dialect)
    if ours is not theirs:
        return None
    if ours is TypeFamily.TEXT:
        one, other = column_types.length(have), column_types.length(want)
        if other is not None and one is not None and one > other:
            return f"{other} of {one} characters"
        return None
    if ours is TypeFamily.INTEGER:
        if "UNSIGNED" in have.upper() or "UNSIGNED" in want.upper():
            return None
        bits, fewer = column_types.bits(have, dialect), column_types.bits(want, dialect)
        return f"{fewer} of {bits} bits" if bits is not None and fewer is not None and bits > fewer else None
    if ours is TypeFamily.DECIMAL:
        before, after = _digits(have), _digits(want)
        if before is None or after is None:
            return None
        whole, fraction = before[0] - before[1], before[1]
        if whole > after[0] - after[1] and not (before[0] >= _WIDEST and after[0] - after[1] >= _ROOMY):
            return f"{after[0] - after[1]} of {whole} digits before the point"
        if rounds and fraction > after[1] and not (before[0] >= _WIDEST and after[1] >= _FINE):
            return f"{after[1]} of {fraction} digits after the point"
    return None


_WIDEST = 38
"""The most digits that SQL Server, Snowflake, Redshift and Spark take: who writes so many, or adds up, says nothing of the values."""
_ROOMY = 10
"""So many digits before the point hold what is counted and paid."""
_FINE = 5
"""So many digits after the point hold what is paid and measured."""


def _digits(kind: str) -> tuple[int, int] | None:
    """Give the precision and scale of `NUMERIC(12, 2)`; None where none is written."""
    inside = [part.strip() for part in kind.partition("(")[2].partition(")")[0].split(",")]
    if not inside[0].isdecimal() or not all(part.isdecimal() for part in inside):
        return None
    return int(inside[0]), int(inside[1]) if len(inside) > 1 else 0


def _title(known: KnownColumn) -> str:
    return f"{known.table.name.name}.{known.column.name}"


def _related(known: KnownColumn) -> tuple[Related, ...]:
    place = known.column.place_of("type")
    return (Related(place, f"`{known.column.name}` is {known.column.type} here"),) if place is not None else ()
