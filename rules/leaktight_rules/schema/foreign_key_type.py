"""A foreign key of another type than what it references."""

from __future__ import annotations

from collections.abc import Iterator

from leaktight import (
    Bad,
    Category,
    Column,
    Finding,
    Fix,
    Good,
    Key,
    KeyKind,
    Related,
    Severity,
    Table,
    TableDeclaration,
    TableRule,
    TypeFamily,
    column_types,
    ddl,
)


class ForeignKeyType(TableRule):
    """A foreign key has another type than the column it references.

    An `int` that references a `bigint` works until the other table passes 2,147,483,647 rows; then the rows that belong to
    the new ones can no longer be written, and widening the column rewrites a table that has grown large by then. Where the
    kinds differ, text against a number, every join casts, and the cast keeps the index out; most engines refuse the key.
    MySQL and SQL Server refuse it for integers of another size too, MySQL also where but one of them is `UNSIGNED`, and SQL
    Server for another kind or length of text: a `varchar` refers to no `nvarchar`.

    Give both columns the same type.
    """

    name = "foreign-key-type"
    category = Category.SCHEMA
    severity = Severity.WARNING
    examples = (
        Bad(
            """
            create table orders (id bigint primary key, customer_id int references customers (id));
                                                        ^^^^^^^^^^^ `customer_id` is `INT`, and `customers.id`, which it references, is `BIGINT`
            """,
            catalog="create table customers (id bigint primary key);",
            dialect="postgres",
        ),
        Bad(
            """
            create table orders (id bigint primary key, customer_id varchar(36) references customers);
                                                        ^^^^^^^^^^^ `customers.id`, which it references, is `UUID`
            """,
            catalog="create table customers (id uuid primary key);",
            dialect="postgres",
        ),
        Bad(
            """
            create table orders (id bigint primary key, customer_id int, foreign key (customer_id) references customers (id));
                                                        ^^^^^^^^^^^ which it references, is `INT UNSIGNED`: MySQL refuses the key
            """,
            catalog="create table customers (id int unsigned primary key);",
            dialect="mysql",
        ),
        Bad(
            """
            create table dbo.countries (code varchar(20) not null primary key);
            create table dbo.orders (id int not null primary key, code nvarchar(20) not null references dbo.countries (code));
                                                                  ^^^^ which it references, is `VARCHAR(20)`: SQL Server refuses the key
            """,
            dialect="tsql",
        ),
        Good(
            "create table orders (id bigserial primary key, customer_id integer references customers (id));",
            catalog="create table customers (id serial primary key);",
            dialect="postgres",
            note="A `serial` is an `integer`.",
        ),
        Good(
            """
            create table orders (id bigint primary key, customer_id int references customers (id));
            alter table orders alter column customer_id type bigint;
            """,
            catalog="create table customers (id bigint primary key);",
            dialect="postgres",
        ),
        Good(
            "create table visits (id int unsigned primary key, shop_id tinyint unsigned references shops (id));",
            catalog="""
            create table shops (id int unsigned primary key);
            create table visits (id int unsigned primary key, shop_id int unsigned references shops (id));
            """,
            dialect="mysql",
            note="As it once was: another declaration of the table has grown with `shops`.",
        ),
        Good(
            "create table orders (id bigint primary key, country varchar(2) references countries (code));",
            catalog="create table countries (code char(2) primary key);",
            dialect="postgres",
        ),
    )

    def check(self, declared: TableDeclaration) -> Iterator[Finding]:
        """Yield each foreign key a column of which has another type than what it references."""
        table = declared.table
        if declared.path.fixture or table.kind != "table":
            return
        for key in table.keys:
            other = self._referenced(declared, key)
            if other is None:
                continue
            primary = other.primary_key
            targets = key.referenced_columns or (primary.columns if primary is not None else ())
            for name, target in zip(key.columns, targets, strict=False):
                one, two = table.column(name), other.column(target)
                if one is None or two is None or not _differ(one, two, table.dialect):
                    continue
                if not (_is_otherwise_elsewhere(declared, other, two) or _is_right_elsewhere(declared, one, two)):
                    yield self._finding(declared, one, two, other)

    def _referenced(self, declared: TableDeclaration, key: Key) -> Table | None:
        if key.kind is not KeyKind.FOREIGN or key.references is None:
            return None
        return declared.catalog.table(key.references, declared.table.dialect, declared.document.source.path)

    def _finding(self, declared: TableDeclaration, one: Column, two: Column, other: Table) -> Finding:
        related = (Related(two.location, f"`{two.name}` is `{two.type}`"),) if two.location is not None else ()
        place = one.place_of("type")
        table, wanted = declared.table, _plain(two.type or "")
        hint = f"make `{one.name}` `{wanted}`"
        refuses = f": {_STRICT[table.dialect]} refuses the key" if table.dialect in _STRICT else ""
        return Finding(
            declared.at(place if declared.place(place) is not None else one.location),
            f"`{one.name}` is `{one.type}`, and `{other.name}.{two.name}`, which it references, is `{two.type}`{refuses}",
            related,
            Fix.ddl(*ddl.set_type(table, one, wanted), title=hint, otherwise=hint),
        )


def _is_otherwise_elsewhere(declared: TableDeclaration, other: Table, column: Column) -> bool:
    """Say whether the referenced table is there for another engine as well, with another type: a file may be for all of them."""
    twins = [table.column(column.name) for table in declared.catalog.named(other.name.name) if table is not other]
    return any(twin is not None and twin.type != column.type for twin in twins)


def _is_right_elsewhere(declared: TableDeclaration, one: Column, two: Column) -> bool:
    """Say whether another declaration of the table has the column as the referenced one is: this one is as it once was."""
    table = declared.table
    twins = [other.column(one.name) for other in declared.catalog.named(table.name.name) if other is not table]
    return any(twin is not None and twin.type is not None and not _differ(twin, two, table.dialect) for twin in twins)


_SERIALS = {"SERIAL": "INTEGER", "BIGSERIAL": "BIGINT", "SMALLSERIAL": "SMALLINT", "SERIAL4": "INT4", "SERIAL8": "INT8"}


_STRICT = {"mysql": "MySQL", "tsql": "SQL Server"}
"""Engines that take a foreign key only between integers of one size, by dialect."""


def _plain(kind: str) -> str:
    return _SERIALS.get(kind, kind)


def _differ(one: Column, two: Column, dialect: str) -> bool:
    if one.type is None or two.type is None:
        return False
    kinds = column_types.family(one.type, dialect), column_types.family(two.type, dialect)
    if TypeFamily.OTHER in kinds or None in kinds or TypeFamily.ENUM in kinds:
        return False
    if kinds[0] is not kinds[1]:
        # Oracle's INTEGER is a NUMBER, and SQLite keeps what it is given.
        numbers = {TypeFamily.INTEGER, TypeFamily.DECIMAL, TypeFamily.BOOLEAN}
        if dialect in _STRICT and TypeFamily.BOOLEAN not in kinds:
            return True
        return dialect != "sqlite" and not set(kinds) <= numbers
    if kinds[0] is TypeFamily.INTEGER:
        sizes = column_types.bits(one.type, dialect), column_types.bits(two.type, dialect)
        if dialect in _STRICT:
            return None not in sizes and (sizes[0] != sizes[1] or _unsigned(one.type) is not _unsigned(two.type))
        return None not in sizes and (sizes[0] or 0) < (sizes[1] or 0)
    if kinds[0] is TypeFamily.TEXT and dialect == "tsql":
        words = column_types.bare(one.type), column_types.bare(two.type)
        return set(words) <= _TEXTS and (words[0] != words[1] or _length(one.type) != _length(two.type))
    return False


_TEXTS = frozenset({"CHAR", "VARCHAR", "NCHAR", "NVARCHAR"})


def _length(kind: str) -> int:
    """Give how long a text of SQL Server may be: one character unless it says, and as MAX more than any key."""
    return column_types.length(kind) or (0 if "MAX" in kind.upper() else 1)


def _unsigned(kind: str) -> bool:
    return "UNSIGNED" in kind or kind == "SERIAL"
