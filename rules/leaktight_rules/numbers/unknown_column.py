"""Columns that no table of the query has."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from leaktight import (
    Applicability,
    Bad,
    Category,
    Column,
    Finding,
    Fix,
    Good,
    Related,
    Relation,
    RelationKind,
    Scope,
    Severity,
    SqlDocument,
    SqlRule,
    Statement,
    Table,
    clauses,
    endings,
    exp,
    is_slip,
    listed,
    named_statements,
    nearest,
    pseudo_columns,
)

_DDL = """
create table shop.orders (order_id bigint primary key, customer_id bigint not null, total numeric(12, 2), created_at timestamptz);
create table shop.customers (customer_id bigint primary key, email varchar(255), country char(2));
"""
_DEFAULT_SCHEMAS = frozenset({"public", "dbo", "main", "default"})
_MOST_STRANGE = 2
_MOST_PLACES = 3
"""How many places of a file in which one column is misspelt have a finding each; of more, the first speaks for all."""
_KNOWN = 3
"""How many names a table must have of those that a query takes of it where the one it lacks is no slip of the pen."""
_SCRIPTED = frozenset({"DECLARE", "DO", "LET"})


@dataclass(frozen=True)
class _Strange:
    """A name that is no column of the tables it may be of. `titles` are their names in the query, CTEs among them.

    `elsewhere` says that the query names a schema, and the declaration of the table none: it may be another's.
    """

    name: str
    node: exp.Expr
    tables: list[Table]
    titles: list[str]
    elsewhere: bool
    written: bool = False

    @property
    def key(self) -> tuple[int, str]:
        """The table and the name in lower case."""
        return id(self.tables[0]), self.name.lower()


@dataclass(frozen=True)
class _Misspelt:
    """A name that the engine reads as `read`, and the column of its table, which it keeps as `kept`."""

    read: str
    kept: str
    node: exp.Expr
    table: Table
    column: Column


@dataclass
class _Uses:
    """Which columns a statement takes: `known` by the `id` of their table, and those that no table has."""

    known: dict[int, set[str]] = field(default_factory=dict)
    strange: list[_Strange] = field(default_factory=list)
    misspelt: list[_Misspelt] = field(default_factory=list)

    def note(self, table: Table, name: str) -> None:
        """Note a column that a table has."""
        if table.column(name) is not None:
            self.known.setdefault(id(table), set()).add(name.lower())

    def note_spelling(self, sql: SqlDocument, table: Table, node: exp.Expr) -> None:
        """Note a name whose case or quotes keep the engine from the column that is meant."""
        identifier = node.this if isinstance(node, exp.Column) else node
        column = table.column(identifier.name)
        read = sql.resolver.read_otherwise(table, identifier)
        if read is not None and column is not None:
            self.misspelt.append(_Misspelt(*read, node, table, column))


class UnknownColumn(SqlRule):
    """The query names a column that its table does not have, by all that the project says of that table.

    A slip of the pen, or a column that a migration has renamed or dropped. The engine refuses the query when it runs: for a
    load at night that is a few hours late, for a branch that is seldom taken a few weeks.

    The rule speaks only where every column of the table is known (from its DDL, a snapshot of the database, a contract), in
    each declaration of that name that the project has, and where no source contradicts another. Names without a qualifier
    need that of all tables of the query. Of a table that a script makes of a query (`CREATE TABLE … AS SELECT`) it tells
    slips of one keystroke alone, for a later step may add to it. Where the engine folds names, as PostgreSQL does,
    `createdAt` without quotes is no column of a table whose DDL has `"createdAt"`. Columns that the engine adds (`rowid`,
    `_PARTITIONTIME`), fields of structs, templates, variables of routines and migrations, which see the table as it was, are
    left alone. So is what a file both writes and reads, and no change has taken away. What two files ask for, and what more
    than four tables lack, is one finding and a warning: there the declarations may be out of date.
    """

    name = "unknown-column"
    category = Category.NUMBERS
    severity = Severity.ERROR
    fixable = Applicability.UNSAFE
    examples = (
        Bad(
            """
            select order_id, totl from shop.orders where customer_id = 7
                             ^^^^ `orders` has no column `totl`; did you mean `total`?
            """,
            catalog=_DDL,
            dialect="postgres",
            fixed="select order_id, total from shop.orders where customer_id = 7",
        ),
        Bad(
            """
            select o.order_id, c.e_mail from shop.orders o join shop.customers c on c.customer_id = o.customer_id
                               ^^^^^^^^ `customers` has no column `e_mail`
            """,
            catalog=_DDL,
            dialect="postgres",
            fixed="select o.order_id, c.email from shop.orders o join shop.customers c on c.customer_id = o.customer_id",
        ),
        Bad(
            """
            insert into shop.customers (customer_id, email, country, town) values (1, 'a@example.com', 'DE', 'Ulm')
                                                                     ^^^^ `customers` has no column `town`
            """,
            catalog=_DDL,
            dialect="postgres",
        ),
        Bad(
            """
            select createdAt from payments where payment_id = 7
                   ^^^^^^^^^ the engine reads this as `createdat`, and the column of `payments` is `"createdAt"`
            """,
            catalog='create table payments (payment_id bigint primary key, "createdAt" timestamptz not null);',
            dialect="postgres",
            fixed='select "createdAt" from payments where payment_id = 7',
        ),
        Good("select order_id, total from shop.orders", catalog=_DDL),
        Good("select totl from shop.refunds", catalog=_DDL, note="Nothing is known of this table."),
        Good("select date(created_at) as day from shop.orders order by day", catalog=_DDL, note="`day` is an alias."),
        Good("select ctid, order_id from shop.orders", catalog=_DDL, dialect="postgres"),
        Good(
            "update shop.orders set totl = 0 where order_id = 1",
            catalog=_DDL,
            path="migrations/0004_totals.sql",
            note="A migration sees the table as it was.",
        ),
    )

    def check(self, sql: SqlDocument) -> Iterator[Finding]:
        """Yield each place of a column that is in none of the tables it may be of."""
        if sql.catalog.is_empty or sql.path.migration or sql.path.fixture:
            return
        scripted = any(_may_declare(sql, statement) for statement in sql.statements)
        uses: dict[int, _Uses] = {}
        for scope in sql.scopes:
            if _has_table(sql, scope):
                statement = sql.statement_of(scope.node)
                of_statement = uses.setdefault(id(statement), _Uses())
                for column in scope.columns:
                    _note(sql, scope, column, of_statement, scripted=scripted or bool(statement.routine))
                _note_using(sql, scope, of_statement)
        for insert in sql.find(exp.Insert):
            node = clauses.target(insert)
            table = sql.resolver.table(node) if node is not None and not isinstance(insert.parent, exp.When) else None
            if table is not None:
                of_statement = uses.setdefault(id(sql.statement_of(insert)), _Uses())
                for item in clauses.insert_columns(insert):
                    _note_target(sql, table, node, item, of_statement)
        spelt: dict[tuple[int, str], list[_Misspelt]] = {}
        lacked = Counter(key for of_statement in uses.values() for key in {one.key for one in of_statement.strange})
        written = {one.key for of_statement in uses.values() for one in of_statement.strange if one.written}
        for of_statement in uses.values():
            yield from _told(sql, of_statement, lacked, written)
            for one in of_statement.misspelt:
                if not sql.resolver.runs_in_between(one.table.name) and not _is_namesake(of_statement, one):
                    spelt.setdefault((id(one.column), one.read), []).append(one)
        for places in spelt.values():
            many = len(places) > _MOST_PLACES
            for group in [places] if many else [[one] for one in places]:
                yield _misspelling(sql, group)


def _is_namesake(uses: _Uses, one: _Misspelt) -> bool:
    """Say whether a statement that quotes its names spells none of a table's as that does: it means one of another program."""
    names = {other.column.name for other in uses.misspelt if other.table is one.table}
    quoted = any(node.quoted for node in one.node.find_all(exp.Identifier))
    return quoted and len(names) > max(_MOST_STRANGE, len(uses.known.get(id(one.table), ())) - 1)


def _may_declare(sql: SqlDocument, statement: Statement) -> bool:
    """Say whether a statement outside of routines may declare variables for those after it; `DO $$ … $$` keeps its own."""
    if statement.routine or statement.keyword not in _SCRIPTED:
        return False
    body = sql.tokens[statement.first + 1 : statement.first + 2]
    return statement.keyword != "DO" or not body or sql.text[body[0].start : body[0].start + 1] not in {"$", "'"}


def _note(sql: SqlDocument, scope: Scope, column: exp.Column, uses: _Uses, *, scripted: bool) -> None:
    found = sql.resolver.lookup(column)
    if found.relation is not None:
        table = sql.resolver.table(found.relation.node) if found.relation.kind is RelationKind.TABLE else None
        if table is not None:
            uses.note(table, clauses.column_name(column, found.relation.name))
            uses.note_spelling(sql, table, column)
        return
    tables = [sql.resolver.table(one.node) for one in found.missing if one.kind is RelationKind.TABLE]
    known = [table for table in tables if table is not None]
    if known and not _is_other(sql, scope, column, found.missing, scripted):
        name = clauses.column_name(column, found.missing[0].name)
        called = ((clauses.table_name(one.node), one.name) for one in found.missing)
        titles = list(dict.fromkeys(full.name if full is not None else short for full, short in called))
        elsewhere = any(_is_elsewhere(sql.resolver.table(one.node), one.node) for one in found.missing)
        written = isinstance(column.root(), (exp.Merge, exp.Update))
        uses.strange.append(_Strange(name, column, known, titles, elsewhere, written))


def _note_using(sql: SqlDocument, scope: Scope, uses: _Uses) -> None:
    shared = [item.name for join in scope.joins() for item in clauses.join_using(join)]
    for relation in scope.relations if shared else ():
        table = sql.resolver.table(relation.node) if relation.kind is RelationKind.TABLE else None
        for name in shared if table is not None else ():
            if table is not None:
                uses.note(table, name)


def _note_target(sql: SqlDocument, table: Table, target: exp.Expr | None, item: exp.Expr, uses: _Uses) -> None:
    uses.note(table, item.name)
    uses.note_spelling(sql, table, item)
    if sql.resolver.lacks(table, item.name) and not sql.has_hole(item) and not pseudo_columns.is_pseudo(item.name):
        elsewhere = _is_elsewhere(table, target)
        uses.strange.append(_Strange(item.name, item, [table], [table.name.name], elsewhere, written=True))


def _told(
    sql: SqlDocument, uses: _Uses, lacked: Counter[tuple[int, str]], written: set[tuple[int, str]]
) -> Iterator[Finding]:
    by_table: dict[int, set[str]] = {}
    for one in uses.strange:
        by_table.setdefault(id(one.tables[0]), set()).add(one.name.lower())
    # What two tables of one statement lack alike, both had when it was written.
    lacking = Counter(name for names in by_table.values() for name in names)
    for one in uses.strange:
        names = by_table[id(one.tables[0])]
        # A query many of whose names are strange means another table of that name, or its declaration is out of date.
        if len(names) > _MOST_STRANGE or any(sql.resolver.runs_in_between(table.name) for table in one.tables):
            continue
        if one.tables[0].temporary and named_statements(sql).declares(one.tables[0].name, one.name):
            continue
        known = sum(len(uses.known.get(id(table), ())) for table in one.tables)
        columns = {key: column for table in one.tables for key, column in table.columns.items()}
        typed = next((key for key in columns if is_slip(one.name.lower(), key)), None)
        near = typed or nearest(one.name.lower(), columns)
        slip = typed or nearest(one.name.lower(), columns, likeness=0.8)
        if _is_indexed(one) or (slip is None and (one.elsewhere or lacking[one.name.lower()] > 1)):
            continue
        # What the file writes and reads, and no change has taken away, is there: the declaration is out of date.
        out_of_date = (one.key in written and lacked[one.key] > 1) or _lacks_many(lacked, one.tables[0])
        if typed is None and out_of_date and one.name.lower() not in one.tables[0].dropped:
            continue
        # What a script takes from a query, or another engine may have, is believed as far as one keystroke.
        if typed is None and any(not sql.resolver.declares(table) for table in one.tables):
            continue
        if typed is not None or known >= (_KNOWN if slip is None else len(names)):
            column, table = columns[near] if near is not None else None, one.tables[0]
            gone = typed is not None or one.name.lower() in table.dropped
            yield replace(_finding(sql, one, column), claim="" if gone else f"{table.name}.{one.name}".lower())


def _lacks_many(lacked: Counter[tuple[int, str]], table: Table) -> bool:
    return sum(known == id(table) for known, _ in lacked) > _MOST_STRANGE


def _finding(sql: SqlDocument, strange: _Strange, column: Column | None) -> Finding:
    others, node, table = strange.titles, strange.node, strange.tables[0]
    who = f"`{others[0]}` has no" if len(others) == 1 else f"none of {listed(others, 4)} has a"
    fix, meant = None, ""
    if column is not None:
        identifier = node.this if isinstance(node, exp.Column) else node
        fix = Fix.unsafe(f"write `{column.name}`", sql.replace(sql.span(identifier), sql.written(column)))
        meant = f"; did you mean `{column.name}`?"
    return Finding(
        sql.span(node),
        f"{who} column `{strange.name}`{meant}",
        related=(Related(table.location, f"`{table.name}` is declared here"),) if table.location is not None else (),
        fix=fix,
    )


def _misspelling(sql: SqlDocument, places: list[_Misspelt]) -> Finding:
    one, *others = places
    table, instead = one.table, sql.written(one.column)
    place = one.column.location or table.location
    more = f", and so in {len(others)} more places of the file" if others else ""
    kept = instead if one.column.quoted else one.kept
    identifiers = [each.node.this if isinstance(each.node, exp.Column) else each.node for each in places]
    return Finding(
        sql.span(one.node),
        f"the engine reads this as `{one.read}`{more}, and the column of `{table.name.name}` is `{kept}`",
        related=(Related(place, f"`{one.column.name}` is declared here"),) if place is not None else (),
        fix=Fix.unsafe(f"write `{instead}`", *(sql.replace(sql.span(item), instead) for item in identifiers)),
        covers=tuple(sql.span(each.node) for each in others),
    )


def _is_elsewhere(table: Table | None, node: exp.Expr | None) -> bool:
    """Say whether a query names a schema that the declaration of the table leaves open."""
    name = clauses.table_name(node)
    if table is None or name is None or len(name.parts) < 2 or name.folded[-2] in _DEFAULT_SCHEMAS:
        return False
    return len(table.name.parts) == 1 and not table.scope


def _is_indexed(strange: _Strange) -> bool:
    """Say whether an index or a key of a table tells of the column: then the table's declaration does not say all."""
    sets = [index.columns for table in strange.tables for index in table.indexes]
    sets += [key.columns for table in strange.tables for key in table.keys]
    return any(strange.name.lower() == column.lower() for columns in sets for column in columns)


def _has_table(sql: SqlDocument, scope: Scope) -> bool:
    around: Scope | None = scope
    while around is not None:
        if any(one.kind is RelationKind.TABLE and sql.resolver.table(one.node) is not None for one in around.relations):
            return True
        around = around.parent
    return False


def _is_other(
    sql: SqlDocument, scope: Scope, column: exp.Column, missing: tuple[Relation, ...], scripted: bool
) -> bool:
    """Say whether a name that is no column may be something else: an alias, a variable, a word of the engine, a whole row."""
    identifier = column.this
    folded = clauses.column_name(column, missing[0].name).lower() if missing else column.name.lower()
    if pseudo_columns.is_pseudo(folded) or not missing:
        return True
    if clauses.column_qualifiers(column):
        return False
    quoted = isinstance(identifier, exp.Identifier) and identifier.quoted
    if scripted or (quoted and sql.dialect in {"", "sqlite", "mysql"}) or pseudo_columns.is_part(column, folded):
        return True
    if sql.region.templated and _may_be_joined(sql, column):
        return True
    if any(column in setting.find_all(exp.Column) for setting in endings.settings(scope.node)):
        return True
    around: Scope | None = scope
    while around is not None:
        made = {item.alias.lower() for item in clauses.projections(around.node) if isinstance(item, exp.Alias)}
        if folded in made or around.relation(folded) is not None:
            return True
        around = around.parent
    return False


def _may_be_joined(sql: SqlDocument, column: exp.Column) -> bool:
    """Say whether a host or template may write a further table into the statement, which may have the column."""
    root = column.root()
    return bool(sql.clause_holes(sql.statement_of(column).span) or sql.clause_holes(sql.tail(root)))
