"""Partitions that leave rows without a place."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from leaktight import (
    Bad,
    Category,
    Finding,
    Fix,
    Good,
    Index,
    Key,
    KeyKind,
    Part,
    Partitioning,
    Related,
    Severity,
    Table,
    TableDeclaration,
    TableRule,
)

_MINE = "create table visits (id bigint, day date, primary key (id, day)) partition by range (day);"


class PartitionGap(TableRule):
    """A partitioned table has rows for which there is no partition, or a key that the engine refuses.

    A row that fits no partition is an error on Postgres: the load of the first day of next year stops, or that of the one
    quarter which somebody forgot. Two partitions that overlap cannot both be created, so one of the two scripts fails. A
    primary or unique key, and a unique index, must hold all columns that the table is partitioned by, as each partition keeps its
    own.

    Close the gap; add a `DEFAULT` partition, which takes what fits nowhere, or a job that creates partitions ahead of time;
    put the partition column into the key.

    Bounds are compared as far as they are plain dates or numbers. A table none of whose partitions stands in the project is
    left alone, as something else creates them. That there is no end to the last one is a note.
    """

    name = "partition-gap"
    category = Category.PARTITION
    severity = Severity.WARNING
    examples = (
        Bad(
            """
            create table visits (id bigint, day date, primary key (id, day)) partition by range (day);
                         ^^^^^^ no partition of `visits` takes the rows from '2024-04-01' to '2024-07-01'
            create table visits_q1 partition of visits for values from ('2024-01-01') to ('2024-04-01');
            create table visits_q3 partition of visits for values from ('2024-07-01') to (maxvalue);
            """,
            dialect="postgres",
        ),
        Bad(
            """
            create table visits (id bigint, day date, primary key (id, day)) partition by range (day);
                         ^^^^^^ `visits_q1` and `visits_feb` overlap
            create table visits_q1 partition of visits for values from ('2024-01-01') to ('2024-04-01');
            create table visits_feb partition of visits for values from ('2024-02-01') to ('2024-03-01');
            create table visits_rest partition of visits default;
            """,
            dialect="postgres",
        ),
        Bad(
            """
            create table visits (id bigint, day date, primary key (id, day)) partition by range (day);
                         ^^^^^^ rows of `visits` from '2024-04-01' on have no partition
            create table visits_q1 partition of visits for values from ('2024-01-01') to ('2024-04-01');
            """,
            dialect="postgres",
        ),
        Bad(
            """
            create table visits (id bigint primary key, day date) partition by range (day);
                                           ^^^^^^^ the key `(id)` lacks `day`
            """,
            dialect="postgres",
        ),
        Good(
            """
            create table visits_q1 partition of visits for values from ('2024-01-01') to ('2024-04-01');
            create table visits_q2 partition of visits for values from ('2024-04-01') to ('2024-07-01');
            create table visits_rest partition of visits default;
            """,
            catalog=_MINE,
            dialect="postgres",
        ),
        Good(_MINE, dialect="postgres", note="Something else creates the partitions."),
        Good(
            f"""
            {_MINE}
            create table visits_q1 (id bigint, day date, primary key (id, day));
            create table visits_rest (id bigint, day date, primary key (id, day));
            alter table visits attach partition visits_q1 for values from ('2024-01-01') to ('2024-04-01');
            alter table visits attach partition visits_rest default;
            """,
            dialect="postgres",
        ),
    )

    def check(self, declared: TableDeclaration) -> Iterator[Finding]:
        """Yield what is wrong with the partitions and the keys of a table."""
        table = declared.table
        cut = table.partitioning
        if cut is None or table.dialect != "postgres" or declared.path.fixture:
            return
        yield from self._keys(declared, cut)
        if cut.kind != "range" or len(cut.columns) != 1:
            return
        ranges = _ranges(table)
        if ranges is None or not ranges:
            return
        related = _places([part for _, _, part in ranges])
        for (_, end, one), (start, _, other) in pairwise(ranges):
            if start < end:
                message = f"`{one.name}` and `{other.name}` overlap: the second of them cannot be created"
                yield Finding(
                    declared.span, message, _places([one, other]), Fix.hint("part them where the other one ends")
                )
                return
        if any(part.bounds == "DEFAULT" for part in table.parts):
            return
        gaps = [(one, end, start) for (_, end, one), (start, _, _) in pairwise(ranges) if start > end]
        if gaps:
            _, end, start = gaps[0]
            more = {1: "", 2: "; there is 1 more gap"}.get(len(gaps), f"; there are {len(gaps) - 1} more gaps")
            message = f"no partition of `{table.name}` takes the rows from {_shown(end)} to {_shown(start)}{more}"
            yield Finding(declared.span, message, related, Fix.ddl(_partition(table, end, start)))
        elif ranges[-1][1] != _END:
            message = f"rows of `{table.name}` from {_shown(ranges[-1][1])} on have no partition: their load fails"
            hint = Fix.ddl(f"create table {table.name}_default partition of {table.name} default")
            yield Finding(declared.span, message, related[-1:], hint, severity=Severity.NOTE)

    def _keys(self, declared: TableDeclaration, cut: Partitioning) -> Iterator[Finding]:
        table = declared.table
        known = [name for name in cut.columns if table.column(name) is not None]
        unique: list[Key | Index] = [key for key in table.keys if key.kind is not KeyKind.FOREIGN]
        unique += [index for index in table.indexes if index.unique]
        for key in unique:
            held = {name.lower() for name in key.columns}
            lacking = [name for name in known if name.lower() not in held]
            what = f"the {'key' if isinstance(key, Key) else 'unique index'} `({', '.join(key.columns)})`"
            # No key can hold what each row's partition is worked out from.
            if isinstance(key, Key) and _is_worked_out(cut):
                what += " stands on a table that is partitioned by an expression"
                hint = "partition by the plain column, with bounds in place of the expression"
            elif lacking:
                what += f" lacks `{lacking[0]}`, by which `{table.name}` is partitioned"
                hint = f"make it ({', '.join((*key.columns, *lacking))})"
            else:
                continue
            place = declared.at(key.location)
            yield Finding(place, f"{what}: Postgres refuses it", fix=Fix.hint(hint), severity=Severity.ERROR)


def _is_worked_out(cut: Partitioning) -> bool:
    """Say whether the partition of a row is worked out by a function of a column."""
    return "(" in cut.expression.partition("(")[2].strip("() ")


_Bound = tuple[int, str]
"""A bound in an order: 0 for MINVALUE, 2 for MAXVALUE, 1 with a text that sorts as its value does."""
_START: _Bound = (0, "")
_END: _Bound = (2, "")


def _ranges(table: Table) -> list[tuple[_Bound, _Bound, Part]] | None:
    """Give the ranges of a table's partitions in order; None where one has bounds that cannot be compared."""
    found = []
    for part in table.parts:
        if part.bounds == "DEFAULT":
            continue
        start, end = _bound(part.bounds, "FROM"), _bound(part.bounds, "TO")
        if start is None or end is None:
            return None
        found.append((start, end, part))
    kinds = {_is_number(bound[1]) for start, end, _ in found for bound in (start, end) if bound[0] == 1}
    return sorted(found, key=lambda item: item[:2]) if len(kinds) < 2 else None


def _bound(bounds: str, word: str) -> _Bound | None:
    """Give the one value in the brackets after FROM or TO."""
    _, found, rest = bounds.upper().partition(word)
    inside = rest.partition("(")[2].partition(")")[0].strip()
    if not found or not inside or "," in inside:
        return None
    if inside in {"MINVALUE", "MAXVALUE"}:
        return _START if inside == "MINVALUE" else _END
    text = inside.strip("'")
    if _is_number(text):
        return (1, text.rjust(20, " "))
    day = text.replace("T", " ").removesuffix("+00").removesuffix(" 00:00:00").strip()
    return (1, day) if len(day) >= 10 and day[:4].isdecimal() and day[4] == day[7] == "-" else None


def _is_number(text: str) -> bool:
    return text.strip().isdecimal()


def _shown(bound: _Bound) -> str:
    text = bound[1].strip()
    return text if _is_number(text) else f"'{text}'"


def _partition(table: Table, start: _Bound, end: _Bound) -> str:
    name = f"{table.name}_{_shown(start).strip(chr(39)).replace('-', '_').replace(' ', '_').replace(':', '')}"
    return f"create table {name} partition of {table.name} for values from ({_shown(start)}) to ({_shown(end)})"


def _places(parts: list[Part]) -> tuple[Related, ...]:
    return tuple(
        Related(part.location, f"`{part.name}`: {part.bounds}") for part in parts[-5:] if part.location is not None
    )
