"""Tables that the database does not have."""

from __future__ import annotations

from collections.abc import Iterator

from leaktight import (
    Applicability,
    Bad,
    Category,
    Finding,
    Fix,
    Good,
    Made,
    Related,
    RelationKind,
    Severity,
    SqlDocument,
    SqlRule,
    Table,
    TableName,
    clauses,
    exp,
    is_slip,
    named_statements,
    nearest,
    option,
)

_DDL = """
create table shop.orders (order_id bigint primary key, total numeric(12, 2));
create table shop.customers (customer_id bigint primary key, email varchar(255));
"""
_SYSTEM = frozenset(
    """information_schema pg_catalog pg_toast pg_temp sys system mysql performance_schema dbo_sys sqlite_master
    sqlite_schema sqlite_sequence account_usage snowflake dual sysibm excluded inserted deleted new old""".split()
)
_DEFAULT_SCHEMAS = ("public", "dbo", "main", "")
_MOST_STRANGE = 2
"""How many names a query or script may have that its database lacks, where it has fewer that there are."""


class UnknownTable(SqlRule):
    """The query names a table that its schema does not have.

    A slip of the pen, a table that was renamed or dropped, a model that is called otherwise. The query fails when it runs,
    and in a load that means after all that ran before it.

    The rule speaks only where all tables of the schema are known: from a snapshot of the database (`leaktight catalog pull`),
    or because `schemas` names the schema as one whose tables the project declares one and all. Everywhere else a table may
    well be made by somebody else. Temporary tables, CTEs, system schemas, templates, and what the same file creates are left
    alone.

    Where the project makes tables under names that are put together when it runs (`"create table lab.prep_%s"`), a name
    that such a table may have is not checked. Where nothing of the name is written (`EXECUTE format('CREATE TABLE %I …')`),
    the schema is not known whole, and only a slip of the pen is told: one keystroke away from a table that there is. So it is
    for names without a schema, and where most names of a query or script are strange, for that is of another database.
    """

    name = "unknown-table"
    category = Category.NUMBERS
    severity = Severity.ERROR
    fixable = Applicability.UNSAFE
    examples = (
        Bad(
            """
            select order_id from shop.ordres where total > 100
                                 ^^^^^^^^^^^ the schema `shop` has no table `ordres`; did you mean `orders`?
            """,
            catalog=_DDL,
            dialect="postgres",
            options={"schemas": ["shop"]},
            fixed="select order_id from shop.orders where total > 100",
        ),
        Bad(
            """
            delete from shop.refunds where total = 0
                        ^^^^^^^^^^^^ the schema `shop` has no table `refunds`
            """,
            catalog=_DDL,
            dialect="postgres",
            options={"schemas": ["shop"]},
        ),
        Bad(
            """
            select order_id from shop.Refunds where total = 0
                                 ^^^^^^^^^^^^ the schema `shop` has no table `Refunds`; did you mean `"Refunds"`?
            """,
            catalog='create table shop."Refunds" (refund_id bigint primary key, order_id bigint, total numeric(12, 2));',
            dialect="postgres",
            options={"schemas": ["shop"]},
            fixed='select order_id from shop."Refunds" where total = 0',
        ),
        Good("select order_id from shop.orders", catalog=_DDL, options={"schemas": ["shop"]}),
        Good("select order_id from crm.ordres", catalog=_DDL, options={"schemas": ["shop"]}),
        Good(
            "select order_id from shop.ordres",
            catalog=_DDL,
            note="Nothing says that the project declares all tables of this schema.",
        ),
        Good(
            "create table shop.ordres as select 1 as order_id; select order_id from shop.ordres",
            options={"schemas": ["shop"]},
            hosts=False,
        ),
        Good(
            "select order_id from shop.orders_2031",
            catalog=_DDL
            + """
do $$ begin execute format('create table shop.orders_%s (like shop.orders)', extract(year from now())); end $$;
""",
            dialect="postgres",
            options={"schemas": ["shop"]},
            note="Tables of such names are made when the project runs.",
        ),
    )

    schemas: tuple[str, ...] = option((), "Schemas whose tables the project declares one and all.")

    def check(self, sql: SqlDocument) -> Iterator[Finding]:
        """Yield each name of a table that is not among those of its schema."""
        if sql.catalog.is_empty or sql.path.migration or sql.path.fixture:
            return
        if not self.schemas and not sql.catalog.says("snapshot"):
            return
        strange: list[tuple[exp.Expr, TableName, list[Table]]] = []
        known: set[tuple[str, ...]] = set()
        for node in self._named(sql):
            name = clauses.table_name(node)
            if name is None or sql.has_hole(node) or _is_special(name):
                continue
            if any(sql.resolver.may_be(table, name) for table in sql.catalog.named(name.name)):
                known.add(name.folded)
                continue
            beside = self._beside(sql, name)
            if not beside:
                continue
            if not named_statements(sql).made(name):
                strange.append((node, name, beside))
        names = {name.folded for _, name, _ in strange}
        others = len(names) > max(_MOST_STRANGE, len(known))
        for node, name, beside in strange:
            found = sql.catalog.made(name)
            # A name without a schema may be of any that is searched, or made by a program for its session.
            unsure = others or found is Made.ANY_NAME or len(name.parts) == 1
            if found is not Made.OF_THIS_NAME and (not unsure or _is_slip(name, beside)):
                yield _finding(sql, node, name, beside)

    def _beside(self, sql: SqlDocument, name: TableName) -> list[Table]:
        """Give the tables of the schema that a name is of, if they are all that it has."""
        whole = {schema.lower() for schema in self.schemas}
        if len(name.parts) > 1:
            return _whole(sql.catalog.in_schema(name.parts[-2]), name, declared=name.folded[-2] in whole)
        for schema in _DEFAULT_SCHEMAS:
            tables = _whole(sql.catalog.in_schema(schema), name, declared=schema in whole)
            if _is_slip(name, tables):
                return tables
        return []

    def _named(self, sql: SqlDocument) -> Iterator[exp.Expr]:
        for scope in sql.scopes:
            for relation in scope.relations:
                if relation.kind is RelationKind.TABLE and not relation.is_metadata:
                    # `FROM o, o.items` unnests a column.
                    name = clauses.table_name(relation.node)
                    if name is not None and (len(name.parts) < 2 or scope.relation(name.parts[0]) is None):
                        yield relation.node
        for insert in sql.find(exp.Insert):
            node = clauses.target(insert)
            if node is not None and not isinstance(insert.parent, exp.When):
                yield node


def _is_slip(name: TableName, tables: list[Table]) -> bool:
    """Say whether one of some tables was meant, by one keystroke or for the case of its letters."""
    return any(
        name.folded[-1] == table.name.folded[-1] or is_slip(name.folded[-1], table.name.folded[-1]) for table in tables
    )


def _is_special(name: TableName) -> bool:
    parts = [word for part in name.folded for word in part.split(".")]
    plain = all(part.replace("_", "").replace("-", "").isalnum() for part in parts)
    shard = parts[-1][-4:].isdecimal()  # `events_20260131`
    return not plain or shard or not _SYSTEM.isdisjoint(parts) or parts[-1].startswith(("pg_", "_"))


def _whole(tables: tuple[Table, ...], name: TableName, *, declared: bool) -> list[Table]:
    """Give the tables of a schema if they are all that it has: its owner says so, or a snapshot of the database."""
    meant = [table for table in tables if _may_be_in(table, name)]
    if declared:
        return meant
    pulled = [
        table
        for table in meant
        if any(
            origin == "snapshot" and place is not None and place.path.endswith((".yaml", ".yml"))
            for origin, place in table.origins
        )
    ]
    return meant if pulled else []


def _may_be_in(table: Table, name: TableName) -> bool:
    """Say whether a table stands in the schema that a name is of, as far as both say where that is."""
    one, other = table.name.folded[:-1], name.folded[:-1]
    shared = min(len(one), len(other))
    return not shared or one[-shared:] == other[-shared:]


def _finding(sql: SqlDocument, node: exp.Expr, name: TableName, beside: list[Table]) -> Finding:
    names = {table.name.folded[-1]: table for table in beside}
    near = nearest(name.name.lower(), names)
    fix, meant = None, ""
    related: tuple[Related, ...] = ()
    if near is not None:
        table = names[near]
        exact = table.name.quoted[-1:] == (True,)
        instead = sql.written(table.name.name, exact=exact)
        meant = f"; did you mean `{instead}`?"
        if table.location is not None:
            related = (Related(table.location, f"`{table.name}` is declared here"),)
        if isinstance(node, exp.Table):
            fix = Fix.unsafe(f"write `{instead}`", sql.replace(sql.span(node.this), instead))
    place = beside[0].location
    if not related and place is not None:
        related = (Related(place, "another table of it is declared here"),)
    where = f"the schema `{name.parts[-2]}`" if len(name.parts) > 1 else "the database"
    return Finding(
        sql.name_span(node),
        f"{where} has no table `{name.name}`{meant}",
        related=related,
        fix=fix,
    )
