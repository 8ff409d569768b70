"""Columns that no table of the query has."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from leaktight import (
    Applicability,
    Bad,
    Category,
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
    Table,
    clauses,
    endings,
    exp,
    listed,
    nearest,
)

_DDL = """
create table shop.orders (order_id bigint primary key, customer_id bigint not null, total numeric(12, 2), created_at timestamptz);
create table shop.customers (customer_id bigint primary key, email varchar(255), country char(2));
"""
_PSEUDO = frozenset(
    """rowid rownum level oid ctid cmin cmax xmin xmax tableoid sysdate systimestamp current_date current_time
    current_timestamp current_user session_user system_user user uid localtime localtimestamp current_catalog current_schema
    current_database current_role default maxvalue value rank docid excluded inserted deleted connect_by_isleaf
    connect_by_root prior true false null unknown on off binary all any geom geog the_geom wkb_geometry""".split()
)
"""What engines read as a name of their own, words that a parser takes for columns, and what `AddGeometryColumn` adds."""
_PARTS = frozenset(
    """nanosecond microsecond millisecond second minute hour day dayofweek dayofyear week isoweek month quarter year isoyear
    decade century millennium epoch dow doy date time weekday yyyy yy mm dd hh mi ss ms ns us d h m s y q w""".split()
)
_MOST_STRANGE = 2
_KNOWN = 2
"""How many names a table must have of those that a query takes of it where none is near the one it lacks."""
_SCRIPTED = frozenset({"DECLARE", "DO", "EXECUTE", "LET"})


@dataclass
class _Uses:
    """Which columns a statement takes of a table, by their lower-case names."""

    known: set[str] = field(default_factory=set)
    unknown: dict[str, list[exp.Expr]] = field(default_factory=dict)


class UnknownColumn(SqlRule):
    """The query names a column that its table does not have, by all that the project says of that table.

    A slip of the pen, or a column that a migration has renamed or dropped. The engine refuses the query when it runs: for a
    load at night that is a few hours late, for a branch that is seldom taken a few weeks.

    The rule speaks only where every column of the table is known (from its DDL, a snapshot of the database, a contract), in
    each declaration of that name that the project has, and where no source contradicts another. Names without a qualifier
    need that of all tables of the query. Columns that the engine adds (`rowid`, `_PARTITIONTIME`), fields of structs,
    templates, variables of routines and migrations, which see the table as it was, are left alone.
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
            insert into shop.customers (customer_id, email, land) values (1, 'a@example.com', 'DE')
                                                            ^^^^ `customers` has no column `land`
            """,
            catalog=_DDL,
            dialect="postgres",
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
        if not len(sql.catalog) or sql.path.migration or sql.path.fixture:
            return
        scripted = any(statement.keyword in _SCRIPTED or statement.routine for statement in sql.statements)
        uses: dict[int, dict[int, _Uses]] = {}
        tables: dict[int, Table] = {}
        for scope in sql.scopes:
            for column in scope.columns if _has_table(sql, scope) else ():
                self._note(sql, scope, column, scripted, uses, tables)
        for insert in sql.find(exp.Insert):
            node = clauses.target(insert)
            table = sql.resolver.table(node) if node is not None and not isinstance(insert.parent, exp.When) else None
            if table is None:
                continue
            for item in clauses.insert_columns(insert):
                tables[id(table)] = table
                _put(sql, uses, table, item.name, item)
        for of_statement in uses.values():
            for key, found in of_statement.items():
                yield from self._told(sql, tables[key], found)

    def _note(
        self,
        sql: SqlDocument,
        scope: Scope,
        column: exp.Column,
        scripted: bool,
        uses: dict[int, dict[int, _Uses]],
        tables: dict[int, Table],
    ) -> None:
        found = sql.resolver.lookup(column)
        relations = (found.relation,) if found.relation is not None else found.missing
        of = [
            (one, sql.resolver.table(one.node))
            for one in relations
            if one is not None and one.kind is RelationKind.TABLE
        ]
        real = [(one, table) for one, table in of if table is not None]
        if not real or (found.output is None and _is_other(sql, scope, column, found.missing, scripted)):
            return
        relation, table = real[0]
        tables[id(table)] = table
        name = clauses.column_name(column, relation.name)
        _put(sql, uses, table, name, column, missing=found.output is None)

    def _told(self, sql: SqlDocument, table: Table, found: _Uses) -> Iterator[Finding]:
        # A query many of whose names are strange means another table of that name, or its declaration is out of date.
        if not 0 < len(found.unknown) <= _MOST_STRANGE or sql.resolver.runs_in_between(table.name):
            return
        for name, nodes in found.unknown.items():
            near = nearest(name, table.columns)
            if len(found.known) < (_KNOWN if near is None else len(found.unknown)):
                return
            for node in nodes:
                yield self._finding(sql, table, node, near)

    def _finding(self, sql: SqlDocument, table: Table, node: exp.Expr, near: str | None) -> Finding:
        name, others = node.name, [table.name.name]
        if isinstance(node, exp.Column):
            missing = sql.resolver.lookup(node).missing
            others = list(dict.fromkeys(_title(one) for one in missing))
            name = clauses.column_name(node, missing[0].name)
        who = f"`{others[0]}` has no" if len(others) == 1 else f"none of {listed(others, 4)} has a"
        column = table.column(near) if near is not None else None
        fix = None
        if column is not None:
            identifier = node.this if isinstance(node, exp.Column) else node
            fix = Fix.unsafe(f"write `{column.name}`", sql.replace(sql.span(identifier), sql.written(column)))
        related = (Related(table.location, f"`{table.name}` is declared here"),) if table.location is not None else ()
        meant = f"; did you mean `{column.name}`?" if column is not None else ""
        return Finding(sql.span(node), f"{who} column `{name}`{meant}", related=related, fix=fix)


def _title(relation: Relation) -> str:
    name = clauses.table_name(relation.node)
    return name.name if name is not None else relation.name


def _has_table(sql: SqlDocument, scope: Scope) -> bool:
    around: Scope | None = scope
    while around is not None:
        if any(one.kind is RelationKind.TABLE and sql.resolver.table(one.node) is not None for one in around.relations):
            return True
        around = around.parent
    return False


def _put(
    sql: SqlDocument,
    uses: dict[int, dict[int, _Uses]],
    table: Table,
    name: str,
    node: exp.Expr,
    *,
    missing: bool | None = None,
) -> None:
    of_statement = uses.setdefault(id(sql.statement_of(node)), {})
    found = of_statement.setdefault(id(table), _Uses())
    if missing is None:
        missing = sql.resolver.lacks(table, name) and not sql.has_hole(node) and not _is_pseudo(name)
    if missing:
        found.unknown.setdefault(name.lower(), []).append(node)
    elif table.column(name) is not None:
        found.known.add(name.lower())


def _is_pseudo(name: str) -> bool:
    folded = name.lower()
    return folded in _PSEUDO or folded.startswith("_") or not folded.replace("_", "").isalnum()


def _is_other(
    sql: SqlDocument, scope: Scope, column: exp.Column, missing: tuple[Relation, ...], scripted: bool
) -> bool:
    """Say whether a name that is no column may be something else: an alias, a variable, a word of the engine, a whole row."""
    identifier = column.this
    folded = clauses.column_name(column, missing[0].name).lower() if missing else column.name.lower()
    if _is_pseudo(folded) or not missing:
        return True
    if clauses.column_qualifiers(column):
        return False
    quoted = isinstance(identifier, exp.Identifier) and bool(identifier.args.get("quoted"))
    if scripted or (quoted and sql.dialect in {"", "sqlite", "mysql"}) or _is_part(column, folded):
        return True
    if sql.region.templated and sql.clause_holes(sql.statement_of(column).span):
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


def _is_part(column: exp.Column, folded: str) -> bool:
    """Say whether a name is a word of its function (`DATEADD(day, …)`), or the variable of a lambda."""
    parent = column.parent
    if folded in _PARTS and isinstance(parent, (exp.Func, exp.Var, exp.Interval)):
        return True
    while parent is not None and not isinstance(parent, clauses.QUERY):
        if isinstance(parent, (exp.Lambda, exp.Kwarg, exp.PropertyEQ, exp.Collate, exp.Connect)):
            return True
        parent = parent.parent
    return False
