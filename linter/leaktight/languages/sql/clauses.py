"""The parts of a SQL tree by the names that SQL has for them.

sqlglot's argument keys change between versions (`from` became `from_`): they stand here, in `ddl_clauses`, and nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from leaktight.catalog.table import TableName
from leaktight.languages.sql.arguments import arg as _arg
from leaktight.languages.sql.arguments import args as _args
from leaktight.languages.sql.ddl_clauses import QUERY as QUERY
from leaktight.languages.sql.ddl_clauses import alter_actions as alter_actions
from leaktight.languages.sql.ddl_clauses import created_kind as created_kind
from leaktight.languages.sql.ddl_clauses import created_query as created_query
from leaktight.languages.sql.ddl_clauses import dropped_tables as dropped_tables
from leaktight.languages.sql.ddl_clauses import if_not_exists as if_not_exists
from leaktight.languages.sql.ddl_clauses import is_clone as is_clone
from leaktight.languages.sql.ddl_clauses import is_temporary as is_temporary
from leaktight.languages.sql.ddl_clauses import properties as properties
from leaktight.languages.sql.ddl_clauses import replaces as replaces
from leaktight.languages.sql.write_clauses import WRITES as WRITES
from leaktight.languages.sql.write_clauses import assigned as assigned
from leaktight.languages.sql.write_clauses import assignments as assignments
from leaktight.languages.sql.write_clauses import bounded_by as bounded_by
from leaktight.languages.sql.write_clauses import branch_update as branch_update
from leaktight.languages.sql.write_clauses import conflict_keys as conflict_keys
from leaktight.languages.sql.write_clauses import copies_in as copies_in
from leaktight.languages.sql.write_clauses import insert_by_name as insert_by_name
from leaktight.languages.sql.write_clauses import insert_columns as insert_columns
from leaktight.languages.sql.write_clauses import insert_conflict as insert_conflict
from leaktight.languages.sql.write_clauses import insert_ignores as insert_ignores
from leaktight.languages.sql.write_clauses import insert_overwrites as insert_overwrites
from leaktight.languages.sql.write_clauses import insert_partition as insert_partition
from leaktight.languages.sql.write_clauses import insert_source as insert_source
from leaktight.languages.sql.write_clauses import load_overwrites as load_overwrites
from leaktight.languages.sql.write_clauses import merge_branches as merge_branches
from leaktight.languages.sql.write_clauses import merge_deletes as merge_deletes
from leaktight.languages.sql.write_clauses import returning as returning

SET_OPERATIONS = (exp.Union, exp.Intersect, exp.Except)


def children(node: exp.Expr) -> Iterator[exp.Expr]:
    """Yield the direct children of a node."""
    for value in node.args.values():
        if isinstance(value, exp.Expr):
            yield value
        elif isinstance(value, list):
            for item in value:
                if isinstance(item, exp.Expr):
                    yield item


def descendants(node: exp.Expr, *, into_queries: bool = True) -> Iterator[exp.Expr]:
    """Yield a node and all below it; `into_queries=False` does not enter queries nested in it."""
    stack = [node]
    base = exp.Expr
    while stack:
        current = stack.pop()
        yield current
        first = len(stack)
        for value in current.args.values():
            if value is None:
                continue
            if isinstance(value, base):
                stack.append(value)
            elif isinstance(value, list):
                stack += [item for item in value if isinstance(item, base)]
        if not into_queries:
            stack[first:] = [child for child in stack[first:] if not isinstance(child, QUERY)]


def from_item(node: exp.Expr) -> exp.Expr | None:
    """Give the first item of FROM: a Table, Subquery, Unnest, Lateral, …"""
    clause = _arg(node, "from_", "from")
    return clause.this if clause is not None else None


def joins(node: exp.Expr) -> list[exp.Join]:
    """Give the joins of a SELECT, UPDATE or table in their order; comma joins are among them."""
    return [join for join in _args(node, "joins") if isinstance(join, exp.Join)]


def laterals(node: exp.Expr) -> list[exp.Expr]:
    """Give the LATERAL VIEWs of a SELECT."""
    return _args(node, "laterals")


def join_on(join: exp.Join) -> exp.Expr | None:
    """Give the ON condition."""
    return _arg(join, "on")


def join_using(join: exp.Join) -> list[exp.Expr]:
    """Give the identifiers of USING."""
    return _args(join, "using")


def join_side(join: exp.Join) -> str:
    """Give `LEFT`, `RIGHT`, `FULL` or an empty string."""
    return str(join.args.get("side") or "").upper()


def join_kind(join: exp.Join) -> str:
    """Give `INNER`, `CROSS`, `OUTER`, `SEMI`, `ANTI`, … or an empty string."""
    return str(join.args.get("kind") or "").upper()


def join_method(join: exp.Join) -> str:
    """Give `NATURAL`, `ASOF` or an empty string."""
    return str(join.args.get("method") or "").upper()


def where(node: exp.Expr) -> exp.Expr | None:
    """Give the condition of WHERE."""
    clause = _arg(node, "where")
    return clause.this if clause is not None else None


def having(node: exp.Expr) -> exp.Expr | None:
    """Give the condition of HAVING."""
    clause = _arg(node, "having")
    return clause.this if clause is not None else None


def qualify(node: exp.Expr) -> exp.Expr | None:
    """Give the condition of QUALIFY."""
    clause = _arg(node, "qualify")
    return clause.this if clause is not None else None


def group(node: exp.Expr) -> exp.Expr | None:
    """Give the GROUP BY clause; its `expressions` are the keys."""
    return _arg(node, "group")


def order(node: exp.Expr) -> exp.Expr | None:
    """Give the ORDER BY clause; its `expressions` are `Ordered` nodes."""
    return _arg(node, "order")


def limit(node: exp.Expr) -> exp.Expr | None:
    """Give the LIMIT, TOP or FETCH clause."""
    return _arg(node, "limit") or _top_of_delete(node)


def _top_of_delete(node: exp.Expr) -> exp.Expr | None:
    """Give the TOP of T-SQL's `DELETE TOP (10) FROM t`, which sqlglot reads as a table `top` with columns."""
    for table in _args(node, "tables") if isinstance(node, exp.Delete) else ():
        if table.name.upper() == "TOP" and isinstance(table.args.get("alias"), exp.TableAlias):
            return table if _args(table.args["alias"], "columns") else None
    return None


def offset(node: exp.Expr) -> exp.Expr | None:
    """Give the OFFSET clause."""
    return _arg(node, "offset")


def distinct(node: exp.Expr) -> exp.Expr | None:
    """Give the DISTINCT of a SELECT."""
    return _arg(node, "distinct")


def distinct_on(distinct: exp.Expr) -> bool:
    """Say whether a DISTINCT is Postgres' `DISTINCT ON (…)`."""
    return _arg(distinct, "on") is not None


def into(node: exp.Expr) -> exp.Expr | None:
    """Give the INTO of `SELECT … INTO t`."""
    return _arg(node, "into")


def ctes(node: exp.Expr) -> list[exp.CTE]:
    """Give the CTEs that stand in WITH directly before this query or write."""
    clause = _arg(node, "with_", "with")
    return [cte for cte in clause.expressions if isinstance(cte, exp.CTE)] if clause is not None else []


def recursive(node: exp.Expr) -> bool:
    """Say whether the WITH of this node is RECURSIVE."""
    clause = _arg(node, "with_", "with")
    return bool(clause is not None and clause.args.get("recursive"))


def projections(node: exp.Expr) -> list[exp.Expr]:
    """Give the select list of a SELECT, of the first arm of a set operation, or of what a subquery holds."""
    seen = 0
    while not isinstance(node, exp.Select):
        inner = node.this if isinstance(node, (*SET_OPERATIONS, exp.Subquery, exp.Paren, exp.CTE)) else None
        if not isinstance(inner, exp.Expr) or seen > 10_000:
            return []
        node, seen = inner, seen + 1
    return _args(node, "expressions")


def arms(node: exp.Expr) -> list[exp.Expr]:
    """Give the arms of a chain of set operations from left to right; a plain query is its own arm."""
    result: list[exp.Expr] = []
    stack = [node]
    while stack:
        current = stack.pop()
        if isinstance(current, SET_OPERATIONS):
            stack += [current.expression, current.this]
        elif isinstance(current, (exp.Subquery, exp.Paren)) and isinstance(current.this, QUERY):
            stack.append(current.this)
        else:
            result.append(current)
    return result


def alias_of(node: exp.Expr) -> str:
    """Give the alias of a table, subquery or select item; empty if there is none."""
    return node.alias if isinstance(node, (exp.Table, exp.Subquery, exp.Alias, exp.CTE, exp.UDTF)) else ""


def alias_columns(node: exp.Expr) -> list[str]:
    """Give the column names of `AS t (a, b)` or of `WITH t (a, b) AS`."""
    alias = node.args.get("alias")
    if isinstance(alias, exp.TableAlias):
        return [column.name for column in _args(alias, "columns")]
    return []


def cte_query(cte: exp.CTE) -> exp.Expr:
    """Give the query (or write) that a CTE names."""
    inner: exp.Expr = cte.this
    while isinstance(inner, (exp.Subquery, exp.Paren)) and isinstance(inner.this, exp.Expr):
        inner = inner.this
    return inner


def table_name(table: exp.Expr | None) -> TableName | None:
    """Give the name of a Table node, of the Schema around one, or of a bare identifier; None for a function.

    T-SQL's temporary tables keep their marks: `#picked`, `##shared`.
    """
    if isinstance(table, exp.Schema):
        table = table.this
    if isinstance(table, exp.Identifier):
        return TableName((_name_of(table),), (bool(table.args.get("quoted")),))
    if not isinstance(table, exp.Table):
        return None
    parts = table.parts
    if not parts or not table.name:
        return None
    for part in parts:
        if not isinstance(part, exp.Identifier):
            return None
    return TableName(tuple(map(_name_of, parts)), tuple([bool(part.args.get("quoted")) for part in parts]))


def _name_of(identifier: exp.Expr) -> str:
    mark = "#" if identifier.args.get("temporary") else "##" if identifier.args.get("global_") else ""
    # A template's name in quotes is as long as what it stands for.
    return mark + identifier.name.rstrip()


def column_qualifier(column: exp.Column) -> str:
    """Give what stands before the last dot of a column: `o` of `o.id`; empty if it has none."""
    return column.table


def column_qualifiers(column: exp.Column) -> tuple[str, ...]:
    """Give all that stands before the last dot, from the outside in: `shop`, `orders` of `shop.orders.id`.

    With nested columns any of them may be the relation: `o` of `o.address.city`, whose tree calls `address` the table.
    """
    return tuple(part for part in (column.catalog, column.db, column.table) if part)


def column_name(column: exp.Column, relation: str) -> str:
    """Give the column's own name once its relation is known: `address` of `o.address.city` for the relation `o`."""
    parts = [*column_qualifiers(column), column.name]
    folded = [part.lower() for part in parts]
    if relation.lower() in folded[:-1]:
        return parts[folded.index(relation.lower()) + 1]
    return parts[0]


def target(write: exp.Expr) -> exp.Expr | None:
    """Give the table node that INSERT, UPDATE, DELETE, MERGE, TRUNCATE, CREATE, DROP or ALTER works on."""
    node = write.this
    if isinstance(write, exp.TruncateTable):
        node = write.expressions[0] if write.expressions else None
    if isinstance(node, exp.Schema):
        node = node.this
    if not isinstance(node, exp.Expr) and isinstance(write, exp.Delete):
        # `DELETE t` without FROM
        tables = _args(write, "tables")
        node = tables[0] if tables else None
    if isinstance(node, exp.Table) and isinstance(write, (exp.Update, exp.Delete)):
        return _by_alias(node, write)
    return node if isinstance(node, exp.Expr) else None


def _by_alias(node: exp.Table, write: exp.Expr) -> exp.Table:
    """Give the table that T-SQL's `UPDATE t SET … FROM orders AS t` means: the one of FROM that has this alias."""
    first = from_item(write)
    if first is None or len(node.parts) != 1 or alias_of(node):
        return node
    wanted = node.name.lower()
    for item in (first, *(join.this for join in (*joins(first), *joins(write)))):
        if isinstance(item, exp.Table) and item is not node and alias_of(item).lower() == wanted:
            return item
    return node


def matched_by_name(union: exp.Expr) -> bool:
    """Say whether a set operation is BY NAME."""
    return bool(union.args.get("by_name"))


def makes_struct(select: exp.Expr) -> bool:
    """Say whether it is SELECT AS STRUCT or SELECT AS VALUE, which give one column."""
    return bool(select.args.get("kind"))


def is_reshaped(relation: exp.Expr) -> bool:
    """Say whether PIVOT, UNPIVOT or MATCH_RECOGNIZE makes other columns of an item of FROM."""
    return bool(relation.args.get("pivots") or relation.args.get("match_recognize"))


def is_sampled(relation: exp.Expr) -> bool:
    """Say whether TABLESAMPLE reads a part of an item of FROM, whichever it is."""
    return bool(relation.args.get("sample"))


def partition_by(window: exp.Window) -> list[exp.Expr]:
    """Give the expressions of a window's PARTITION BY."""
    return _args(window, "partition_by")


def frame(window: exp.Window) -> exp.Expr | None:
    """Give the frame of a window, `ROWS BETWEEN … AND …`, where one is written."""
    return _arg(window, "spec")


def frame_start(spec: exp.Expr) -> str:
    """Give the word that a frame begins with in upper case, `UNBOUNDED`, `CURRENT ROW`; empty for a count of rows."""
    start = spec.args.get("start")
    return start.upper() if isinstance(start, str) else ""


def star_except(star: exp.Expr) -> bool:
    """Say whether a star leaves out or replaces columns: EXCEPT, EXCLUDE, REPLACE, RENAME, ILIKE."""
    return any(star.args.get(key) for key in ("except_", "except", "replace", "rename", "exclude", "ilike"))


def star_left_out(star: exp.Expr) -> set[str]:
    """Give the columns, in lower case, that a star leaves out: EXCEPT, EXCLUDE."""
    return {item.name.lower() for key in ("except_", "except", "exclude") for item in _args(star, key)}


def star_renamed(star: exp.Expr) -> dict[str, str]:
    """Give the new names of the columns that a star renames, all in lower case."""
    return {item.this.name.lower(): item.alias.lower() for item in _args(star, "rename") if isinstance(item, exp.Alias)}


def alias_place(item: exp.Expr) -> exp.Expr | None:
    """Give the identifier that is a select item's alias."""
    found = item.args.get("alias") if isinstance(item, exp.Alias) else None
    return found if isinstance(found, exp.Expr) else None


def names_window(window: exp.Window) -> bool:
    """Say whether a window function stands over a window of WINDOW: `OVER w`."""
    return bool(window.args.get("alias"))


def last_operand(node: exp.Expr) -> exp.Expr | None:
    """Give what an operator, NOT or BETWEEN ends with."""
    return _arg(node, "high", "expression", "this")
