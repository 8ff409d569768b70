"""Columns that are numbered because there may be several of a thing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from leaktight import (
    Bad,
    Category,
    Column,
    Finding,
    Fix,
    Good,
    Severity,
    TableDeclaration,
    TableRule,
    column_types,
    listed,
    option,
    words_of,
)

_ORDINALS = frozenset(
    """address addr line street day month quarter week hour year minute percentile p q md sha utf ipv oauth level lvl tier
    adm admin dim dimension embedding v x y z lat lon int float md5 iso icd decile quartile quintile base crc d custom t k""".split()
)
"""Words after which a number is a name: address lines, hours of a day, percentiles, hash functions."""
_CLASSIFICATIONS = frozenset("icb gics naics sic nace isic isco unspsc nuts hs cpc".split())
"""Lists of trades, goods and regions whose numbers are levels: `icb_name1` is the sector that `icb_name2` is a part of."""
_MORE = frozenset(
    """phone phones telephone tel mobile fax email mail contact tag keyword photo image picture attachment skill hobby child
    ingredient""".split()
)
"""Things of which two columns are enough: whoever has two will have a third."""


class RepeatedColumns(TableRule):
    """A table has numbered columns for things of which a row may have several.

    With `phone1`, `phone2`, `phone3` there is no fourth phone; to find one, a query asks for each; no key keeps the same one
    from being there twice; and a gap in the middle means nothing. Columns of years (`revenue_2023`, `revenue_2024`) need a
    change of the table and of every query each January.

    Make a table of them, one row for each, with the number or the year as a column.

    Told for three or more columns that count on from 0 or 1 and have one type, for two where they are phones, e-mail
    addresses and the like, of which there is always one more, and for two or more years. Left alone: address lines,
    percentiles, hours, levels of a hierarchy, the items of a questionnaire (`phq9_1` to `phq9_9`), warehouses (`strict` asks
    all the same), raw and staging tables.
    """

    name = "repeated-columns"
    category = Category.SCHEMA
    severity = Severity.NOTE
    examples = (
        Bad(
            """
            create table people (id bigint primary key, phone1 text, phone2 text, phone3 text);
                                                        ^^^^^^ `phone1` to `phone3` are one thing three times
            """,
            dialect="postgres",
        ),
        Bad(
            """
            create table budgets (id bigint primary key, amount_2023 numeric(12, 2), amount_2024 numeric(12, 2));
                                                         ^^^^^^^^^^^ each year needs a column of its own
            """,
            dialect="mysql",
        ),
        Bad(
            """
            create table d.forms (id int64, answer_1 string, answer_2 string, answer_3 string);
                                            ^^^^^^^^ `answer_1` to `answer_3`
            """,
            dialect="bigquery",
            options={"strict": True},
        ),
        Good(
            "create table companies (ticker text primary key, icb_name1 text, icb_name2 text, icb_name3 text);",
            dialect="postgres",
            note="Levels of a classification.",
        ),
        Good("create table people (id bigint primary key, address1 text, address2 text, address3 text);"),
        Good("create table loads (id bigint primary key, p50 int, p95 int, p99 int, hour0 int, hour1 int, hour2 int);"),
        Good(
            "create table visits (id bigint primary key, phq2_1 int, phq2_2 int, gad3_1 int, gad3_2 int, gad3_3 int);",
            dialect="postgres",
            note="The questions of a questionnaire.",
        ),
        Good("create table teams (id bigint primary key, score1 int, score2 int);", note="Two sides."),
    )

    strict: bool = option(False, "Ask it of warehouses too, where wide tables are often meant to be read as they are.")

    def check(self, declared: TableDeclaration) -> Iterator[Finding]:
        """Yield one finding for all numbered columns of a table."""
        table = declared.table
        if declared.path.fixture or declared.passes or table.derived or table.kind != "table":
            return
        if not declared.is_row_store and table.dialect and not self.strict:
            return
        groups = _groups(table.columns)
        if not groups:
            return
        first = groups[0]
        if _is_year(first[0]):
            message = f"`{first[0].name}`, `{first[1].name}`: each year needs a column of its own"
        else:
            count = {2: "twice", 3: "three times", 4: "four times"}.get(len(first), f"{len(first)} times")
            until = "and" if len(first) == 2 else "to"
            message = f"`{first[0].name}` {until} `{first[-1].name}` are one thing {count}"
        if len(groups) > 1:
            message += f"; so are {listed((group[0].name for group in groups[1:]), 3)} and what follows"
        rest = [column for group in groups for column in group][1:]
        yield Finding(
            declared.at(first[0].location),
            message,
            fix=Fix.hint("make a table of them, one row for each"),
            covers=declared.spans(rest),
        )


def _groups(columns: Mapping[str, Column]) -> list[list[Column]]:
    numbered: dict[tuple[str, str], list[tuple[int, Column]]] = {}
    for column in columns.values():
        stem, number = _split(column.name)
        if column.computed is None and number is not None and stem and not _is_level(words_of(stem)):
            kind = column_types.bare(column.type or "")
            numbered.setdefault((stem.lower(), kind), []).append((number, column))
    found = []
    for (stem, _), members in numbered.items():
        numbers = [number for number, _ in members]
        runs = numbers == list(range(numbers[0], numbers[0] + len(numbers)))
        years = all(1950 < number < 2100 for number in numbers)
        least = 2 if years or _MORE & set(words_of(stem)[-1:]) else 3
        if runs and len(numbers) >= least and (years or numbers[0] in (0, 1)) and not _are_questions(members):
            found.append([column for _, column in members])
    return found


def _is_level(said: list[str]) -> bool:
    return bool(_ORDINALS & set(said[-1:]) or _CLASSIFICATIONS & set(said))


def _are_questions(members: list[tuple[int, Column]]) -> bool:
    """Say whether they are the items of a questionnaire that is called after their number: `PHQ9_1` to `PHQ9_9`."""
    stem, _ = _split(members[0][1].name)
    asked = stem[len(stem.rstrip("0123456789")) :]
    return bool(asked) and int(asked) == len(members) > 2


def _split(name: str) -> tuple[str, int | None]:
    stem = name.rstrip("0123456789")
    digits = name[len(stem) :]
    return stem.rstrip("_"), int(digits) if digits and len(digits) < 5 else None


def _is_year(column: Column) -> bool:
    return (_split(column.name)[1] or 0) > 1950
