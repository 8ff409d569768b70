"""What in a statement itself makes it safe to run twice."""

from __future__ import annotations

from sqlglot import exp

from leaktight.languages.sql import clauses, predicates
from leaktight.languages.sql.document import SqlDocument
from leaktight.operations.table_write import Guard
from leaktight.operations.writing.branches import stands_under_if
from leaktight.operations.writing.target import Target, target_of


def insert_guard(document: SqlDocument, insert: exp.Insert, target: Target) -> Guard | None:
    """Give what makes an INSERT write its rows once: a conflict clause, an overwrite, a look at the target, an IF."""
    conflict = clauses.insert_conflict(insert)
    if conflict is not None:
        return Guard("its conflict clause writes a row once", document.location(document.span(conflict)))
    if clauses.insert_ignores(insert):
        return Guard("`IGNORE` or `REPLACE` writes a row once", document.location(document.head(insert)))
    if clauses.insert_overwrites(insert):
        return Guard("it overwrites what it computes", document.location(document.head(insert)))
    return _look_at_target(document, insert, target) or conditional(document, insert)


def _look_at_target(document: SqlDocument, insert: exp.Insert, target: Target) -> Guard | None:
    """Give the place where the inserted query looks the target's own rows up: NOT EXISTS, an anti-join, a maximum."""
    source = clauses.insert_source(insert)
    queries = [source] if source is not None else []
    queries += [clauses.cte_query(cte) for cte in clauses.ctes(insert)]
    for query in queries:
        for node in clauses.descendants(query):
            if isinstance(node, exp.Delete):
                deleted = target_of(document, clauses.target(node))
                if deleted is not None and deleted.same(target):
                    return Guard("the rows it replaces are deleted first", document.location(document.span(node)))
            if not isinstance(node, exp.Table) or document.is_cte(node):
                continue
            read = target_of(document, node)
            if read is not None and read.same(target) and _is_lookup(node, query):
                return Guard("it looks the target's rows up first", document.location(document.span(node)))
    return None


def _is_lookup(table: exp.Table, query: exp.Expr) -> bool:
    """Say whether a table is read to compare with, and not as the rows themselves."""
    node: exp.Expr = table
    while node.parent is not None and node is not query:
        parent = node.parent
        if isinstance(parent, (exp.Not, exp.Exists, exp.In, exp.CTE, exp.Except, exp.Where)):
            return True
        if isinstance(parent, exp.Join):
            return clauses.join_side(parent) in {"LEFT", "FULL"} or clauses.join_kind(parent) == "ANTI"
        if isinstance(parent, exp.Select) and isinstance(node, exp.From) and _joins_outward(parent):
            return True
        node = parent
    return False


def _joins_outward(select: exp.Select) -> bool:
    return any(clauses.join_side(join) in {"RIGHT", "FULL"} for join in clauses.joins(select))


def conditional(document: SqlDocument, node: exp.Expr) -> Guard | None:
    """Give the IF that a statement stands under: `IF NOT EXISTS (SELECT …) INSERT`, `IF … THEN INSERT`."""
    if node.find_ancestor(exp.IfBlock) is not None or stands_under_if(document, document.statement_of(node).first):
        return Guard("it stands under an `IF`", document.location(document.head(node)))
    return None


def copy_guard(document: SqlDocument, copy: exp.Copy) -> Guard | None:
    """Give why a COPY loads a file once: Snowflake and Databricks remember the files, unless told to forget."""
    if document.dialect not in {"snowflake", "databricks"}:
        return None
    words = [token.text.upper() for token in document.tokens_in(document.statement_of(copy).span)]
    for index, word in enumerate(words):
        if word == "FORCE" and "TRUE" in words[index + 1 : index + 4]:
            return None
    remembers = "for 64 days " if document.dialect == "snowflake" else ""
    return Guard(f"`COPY INTO` remembers {remembers}which files it has loaded", document.location(document.head(copy)))


def is_retention(condition: exp.Expr | None) -> bool:
    """Say whether a DELETE only drops old rows (`created_at < …`), which makes room for none that come again."""
    parts = predicates.conjuncts(condition)
    return bool(parts) and all(
        (isinstance(part, (exp.LT, exp.LTE)) and isinstance(_column_side(part.this), exp.Column))
        or (isinstance(part, (exp.GT, exp.GTE)) and isinstance(_column_side(part.expression), exp.Column))
        for part in parts
    )


def _column_side(node: exp.Expr) -> exp.Expr:
    while isinstance(node, (exp.Cast, exp.Paren, exp.Date, exp.TsOrDsToDate)) and isinstance(node.this, exp.Expr):
        node = node.this
    return node


def removes_duplicates(delete: exp.Expr) -> bool:
    """Say whether a DELETE compares the rows of a table with each other to keep one of each."""
    condition = clauses.where(delete)
    if condition is None:
        return False
    return any(
        isinstance(node, (exp.Window, exp.Group, exp.RowNumber))
        or (isinstance(node, exp.Column) and node.name.lower() in _ROW_IDS)
        for node in clauses.descendants(condition)
    )


_ROW_IDS = frozenset({"ctid", "rowid", "_rowid_"})
