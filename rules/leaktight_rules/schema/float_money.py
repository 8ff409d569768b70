"""Money kept in a type that cannot hold it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import groupby

from leaktight import (
    Applicability,
    Bad,
    Category,
    Column,
    DeclaredColumn,
    Finding,
    Fix,
    Good,
    Severity,
    SqlDocument,
    SqlOrTableRule,
    TableDeclaration,
    declared_columns,
    listed,
    option,
)

_FLOATS = frozenset("""FLOAT REAL DOUBLE FLOAT4 FLOAT8 FLOAT32 FLOAT64 BINARY_FLOAT BINARY_DOUBLE""".split()) | {
    "DOUBLE PRECISION"
}
_MONEY_TYPES = frozenset({"MONEY", "SMALLMONEY"})
_MONEY = frozenset(
    """price prices cost costs revenue fee fees salary wage payment payments refund refunds invoice tax taxes vat gmv mrr
    arr usd eur gbp currency payout earnings""".split()
)
_PERHAPS = frozenset(
    "amount amt total subtotal balance charge charges spend budget discount credit debit paid due net gross turnover".split()
)
_RATIOS = frozenset(
    """rate ratio pct percent percentage score prob probability avg mean std stddev index factor weight num count counts
    growth change elasticity multiplier per margin margins leverage""".split()
)
"""Words that make no money of an amount, whatever else the name says."""
_MEASURES = frozenset(
    """volume qty quantity lat lon latitude longitude km kg mg ml mm cm l g gb mb bytes hours minutes seconds days ms
    distance duration uom unit units temperature pressure speed usage items orders users""".split()
)
"""Words that make a measurement of what is perhaps money: `total_distance`."""
_UNITS = frozenset({"uom", "unit", "units"})
_CENTS = frozenset("cent cents pence micros millicents microdollars".split())
"""Words of whole small units, which a float holds exactly, and of parts of a cent, which no scale of two digits does."""
_SIGNS = frozenset({"UNSIGNED", "SIGNED", "ZEROFILL"})
_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")
_DECIMAL = {"bigquery": "numeric", "clickhouse": "Decimal(12, 2)", "oracle": "number(12, 2)"}


class FloatMoney(SqlOrTableRule):
    """An amount of money is kept in a binary floating-point type, or in the `MONEY` type.

    `0.1 + 0.2` is not `0.3` in binary: sums of amounts drift by cents, two totals of the same rows differ by the order in
    which they were added, and `=` on amounts finds nothing. `MONEY` is exact but rounds each division to its last digit,
    and on Postgres its digits and sign follow the server's locale.

    Use an exact type with a scale: `DECIMAL(12, 2)`, `NUMERIC` on BigQuery, or whole cents in a `BIGINT`. SQLite has no
    exact type but `INTEGER`: what it is told is `DECIMAL` it keeps as a float.

    A column counts as money by its name (`price`, `shipping_cost`, `total_usd`). Words that often mean something else
    (`amount`, `total`, `balance`) count only beside a column that is plainly about money, and not in a table that names
    units of measure (`uom`, `unit`; a `unit_price` is none). Rates, percentages and averages may well be floats.
    """

    name = "float-money"
    category = Category.SCHEMA
    severity = Severity.WARNING
    fixable = Applicability.UNSAFE
    examples = (
        Bad(
            """
            create table products (id bigint primary key, price double precision not null);
                                                                ^^^^^^^^^^^^^^^^ `price` is money, and `double precision` cannot hold a cent
            """,
            dialect="postgres",
            fixed="create table products (id bigint primary key, price decimal(12, 2) not null);",
        ),
        Bad(
            """
            create table orders (id int primary key, currency char(3), total float);
                                                                             ^^^^^ `total` is money
            """,
            dialect="mysql",
            fixed="create table orders (id int primary key, currency char(3), total decimal(12, 2));",
        ),
        Bad(
            """
            create table trips (id bigint primary key, fare real, trip_fee real, tax real);
                                                                           ^^^^ `trip_fee` and `tax` are money
            """,
            dialect="postgres",
            fixed="create table trips (id bigint primary key, fare real, trip_fee decimal(12, 2), tax decimal(12, 2));",
        ),
        Bad(
            """
            alter table orders add fee money;
                                       ^^^^^ rounds each division
            """,
            dialect="postgres",
            fixed="alter table orders add fee decimal(12, 2);",
        ),
        Bad(
            """
            create table trips (id int primary key, toll real);
                                                         ^^^^ `toll` is money
            """,
            dialect="postgres",
            options={"names": ["toll"]},
            fixed="create table trips (id int primary key, toll decimal(12, 2));",
        ),
        Bad(
            """
            create table fees (id int primary key, fee double(10, 2) unsigned not null);
                                                       ^^^^^^^^^^^^^^^^^^^^^^ `fee` is money
            """,
            dialect="mysql",
            fixed="create table fees (id int primary key, fee decimal(12, 2) unsigned not null);",
        ),
        Bad(
            """
            create table products (id integer primary key, price real);
                                                                 ^^^^ cannot hold a cent exactly
            """,
            dialect="sqlite",
            note="Keep whole cents in an `INTEGER`.",
        ),
        Bad(
            """
            from django.db import models

            class Product(models.Model):
                price = models.FloatField()
                        ^^^^^^^^^^^^^^^^^^^ `price` is money, and `double precision` cannot hold a cent
            """,
            language="python",
            path="shop/models.py",
        ),
        Good("create table products (id bigint primary key, price numeric(12, 2), price_cents bigint);"),
        Good(
            "create table infusions (id bigint primary key, amount double precision, amountuom text, total double precision);",
            note="A measurement.",
        ),
        Good("create table runs (id bigint primary key, cost_in_cents double precision);", note="Parts of a cent."),
        Good(
            "create table model_calls (id bigint primary key, input_tokens int, output_tokens int, cost_usd double precision);",
            note="An estimate in parts of a cent, of which no book is kept.",
        ),
        Good("create table rates (day date primary key, tax_rate float, discount_pct real);"),
        Good(
            "create table reports (ticker text primary key, price numeric, net_margin real, financial_leverage real);",
            note="A share of what was sold.",
        ),
        Good("create table trips (id bigint primary key, total_distance double precision, total double precision);"),
    )

    names: tuple[str, ...] = option((), "Further words in a column's name that mean money.")

    def check(self, subject: SqlDocument | TableDeclaration) -> Iterator[Finding]:
        """Yield the type of each column for money that cannot hold it."""
        if subject.path.test or subject.path.fixture:
            return
        if isinstance(subject, TableDeclaration):
            yield from self._of_table(subject)
            return
        found = [(one, kind) for one in declared_columns(subject) if (kind := self._kind(subject.dialect, one))]
        for (_, kind), group in groupby(found, lambda item: (item[0].table, item[1])):
            columns = [declared for declared, _ in group]
            places = [one.type_span for one in columns if one.type_span is not None]
            why = _why(kind, [one.column.name for one in columns], " ".join(subject.slice(places[0]).split()))
            yield Finding(places[0], why, fix=_fix(subject, columns), covers=tuple(places[1:]))

    def _of_table(self, declared: TableDeclaration) -> Iterator[Finding]:
        table = declared.table
        found: dict[str, list[Column]] = {}
        for column in table.columns.values():
            place = declared.at(column.location)
            final = column.type or ""
            one = DeclaredColumn(table.name, column, place, place, table.columns, table.temporary, final)
            if kind := self._kind(table.dialect, one):
                found.setdefault(kind, []).append(column)
        for kind, columns in found.items():
            written = (columns[0].type or "").lower()
            wanted = "`DecimalField(max_digits=12, decimal_places=2)`, `Numeric(12, 2)`"
            yield Finding(
                declared.at(columns[0].location),
                _why(kind, [column.name for column in columns], written),
                declared.added_elsewhere(*columns[:5]),
                Fix.hint(f"make it a decimal with a scale: {wanted if declared.is_of_mapper else '`numeric(12, 2)`'}"),
                covers=declared.spans(columns[1:]),
            )

    def _kind(self, dialect: str, declared: DeclaredColumn) -> str:
        """Say whether a column for money has one of the types for `money`, or is a `float`; empty for all else."""
        kind, _ = _split(declared.column.type or "")
        inexact = _FLOATS | _MONEY_TYPES
        if declared.type_span is None or declared.temporary or kind not in inexact:
            return ""
        if _split(declared.final_type)[0] not in inexact:
            return ""
        if kind in _MONEY_TYPES:
            if "(" in (declared.column.type or ""):
                return ""  # Vertica's word for a numeric: it has the digits that are asked for
            return "money" if dialect != "sqlite" else "float"
        return "float" if self._is_money(declared.column.name, declared.siblings) else ""

    def _is_money(self, name: str, siblings: Mapping[str, Column]) -> bool:
        words = _words(name)
        if words & (_RATIOS | _CENTS) or any("tokens" in _words(column.name) for column in siblings.values()):
            return False
        if words & _MONEY or words & {word.lower() for word in self.names}:
            return True
        if not words & _PERHAPS or words & _MEASURES:
            return False
        around = [_words(column.name) for column in siblings.values()]
        others = [other for other in around if not other & _MONEY]
        return len(others) < len(around) and not any(other & _UNITS for other in others)


def _why(kind: str, columns: list[str], written: str) -> str:
    names = listed(columns, 5)
    if kind == "money":
        return f"`{written}` rounds each division of {names} to its last digit"
    return f"{names} {'is' if len(columns) == 1 else 'are'} money, and `{written}` cannot hold a cent exactly"


def _split(kind: str) -> tuple[str, str]:
    """Give a type without its digits and sign, and the sign: `DOUBLE PRECISION` and ` UNSIGNED`."""
    head, _, rest = kind.partition("(")
    words = f"{head} {rest.partition(')')[2]}".split()
    signs = [word for word in words if word in _SIGNS]
    return " ".join(word for word in words if word not in _SIGNS), "".join(f" {sign.lower()}" for sign in signs)


def _fix(sql: SqlDocument, columns: list[DeclaredColumn]) -> Fix:
    what = "it" if len(columns) == 1 else "them"
    if sql.dialect == "sqlite":
        return Fix.hint("keep whole cents in an `INTEGER`")
    edits = []
    for declared in columns:
        assert declared.type_span is not None
        _, sign = _split(declared.column.type or "")
        exact = _DECIMAL.get(sql.dialect, "decimal(12, 2)") + sign
        edits.append(
            sql.replace(declared.type_span, exact.upper() if sql.slice(declared.type_span).isupper() else exact)
        )
    return Fix.unsafe(f"make {what} `{edits[0].content}`", *edits)


def _words(name: str) -> set[str]:
    return {word.lower() for word in _WORDS.findall(name)}
