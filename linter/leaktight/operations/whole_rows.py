"""Where all columns of a table are wanted, or are known all the same: a `*` says there what a list would."""

from __future__ import annotations

from sqlglot import exp

from leaktight.catalog.table import TableName
from leaktight.languages.sql import clauses, endings
from leaktight.languages.sql.document import SqlDocument
from leaktight.languages.sql.query_files import names_queries
from leaktight.languages.sql.scope import Relation
from leaktight.languages.sql.star import Star
from leaktight.source import HoleKind
from leaktight.text import words_of

_FEW_ROWS = 20
_SAMPLE = 1000
_COPIES = frozenset(
    "backup backups copies copy download dump dumps export exports extract extracts transfer transfers unload".split()
)
"""Words in the path of a file that takes whole tables elsewhere."""
_TO_FILE = (".once", ".output", ".mode csv", ".excel")
"""Lines of SQLite's and DuckDB's shells that send the rows after them to a file."""
_FILES = (".csv", ".csv.gz", ".tsv", ".json", ".jsonl", ".ndjson", ".parquet", ".xlsx")
_POSITIONS = frozenset({"positional", "positionally"})
_EXPANDS_LATE = frozenset({"bigquery", "sqlite"})
"""Engines that read the star of a view each time the view is read."""


def is_wanted(sql: SqlDocument, star: Star) -> bool:
    """Say whether something shows that all columns are wanted, or that those of the star are named elsewhere."""
    if all(_is_given(sql, table) for table in star.tables) or _goes_to_a_file(sql, star) or is_sample(sql, star):
        return True
    if _is_spoken_of(sql, star):
        return True
    if star.scope.union is not None:
        return clauses.matched_by_name(star.scope.union) and _passes_a_model_on(sql, star)
    return (
        sql.used_rows.kept
        or (sql.used_rows.become_objects and len(star.tables) == 1 and not sql.is_warehouse)
        or (star.copies and is_bare(star.scope.node))
        or _leaves_some_out(star)
        or _reads_its_own(sql, star)
        or _is_named_after_its_table(sql, star)
        or _is_of_the_session(sql, star)
        or _fills_its_copy(sql, star)
        or _passes_a_model_on(sql, star)
        or _expands_late(sql, star)
    )


def _is_spoken_of(sql: SqlDocument, star: Star) -> bool:
    """Say whether a comment above a statement or an arm of a UNION speaks of its `SELECT *`, or of the position of columns."""
    node = star.scope.node
    places = (sql.statement_of(node).span, sql.span(node))
    lines = {line.lower() for place in places for line in sql.said_above(place)}
    return any("select *" in line or not _POSITIONS.isdisjoint(words_of(line)) for line in lines)


def _is_given(sql: SqlDocument, table: Relation) -> bool:
    """Say whether a table is a frame of the host's code, whose columns that code has made, or a file that DuckDB loads."""
    name = clauses.table_name(table.node)
    if name is None or len(name.parts) > 1 or sql.relation_table(table) is not None:
        return False
    loaded = name.name.lower().endswith(_FILES)
    return loaded or sql.is_given(name.name)


# Files and persons


def is_shown(sql: SqlDocument, star: Star) -> bool:
    """Say whether a query shows rows to a person: in a cell or script, by `.show()`, a few of them by `LIMIT 5`."""
    if star.scope.node.parent is not None:
        return False
    notebook = sql.source.is_notebook and not sql.used_rows.columns
    return sql.used_rows.shown or notebook or _is_of_script(sql)


def _is_of_script(sql: SqlDocument) -> bool:
    """Say whether a query is one of several statements of a script: it shows its rows to whoever runs it.

    A column store bills the columns that nobody looks at all the same.
    """
    if sql.is_warehouse or sql.region.embedded or sql.region.templated:
        return False
    return len(sql.statements) > 1 and not names_queries(sql)


def is_sample(sql: SqlDocument, star: Star) -> bool:
    """Say whether a query takes a few rows, of which no code reads columns by name.

    The newest fifty that an application asks for are no sample, nor those of one customer.
    """
    select = star.scope.node
    if sql.used_rows.columns or not isinstance(select.parent, exp.Create | None):
        return False
    chosen = sql.region.embedded and (clauses.order(select) or clauses.where(select))
    return endings.most_rows(select) <= (_FEW_ROWS if chosen else _SAMPLE)


def _goes_to_a_file(sql: SqlDocument, star: Star) -> bool:
    """Say whether the engine writes the rows to a file: `COPY (SELECT …) TO`, `EXPORT DATA … AS`, `.once` above them."""
    node = star.scope.node.parent
    while isinstance(node, exp.Subquery | exp.Paren | exp.SetOperation):
        node = node.parent
    if isinstance(node, exp.Export):
        return True
    if isinstance(node, exp.Copy):
        return not clauses.copies_in(node) or _is_stage(node.this)
    if node is not None or sql.region.embedded:
        return False
    above = sql.text[: sql.statement_of(star.scope.node).span.start]
    return any(line.startswith(_TO_FILE) for line in above.splitlines())


def _is_stage(target: exp.Expr) -> bool:
    return isinstance(target, exp.Table) and target.name.startswith("@")


def _hands_on(sql: SqlDocument, star: Star) -> bool:
    """Say whether a query of one table is all that a file, a constant or an operator holds, for a tool that takes it whole.

    Not a table that the catalog knows: its columns can be listed; nor one that a warehouse surely holds and bills.
    """
    if star.scope.node.parent is not None or len(star.tables) != 1 or len(sql.statements) != 1:
        return False
    if sql.region.embedded:
        return not sql.host_sink or sql.host_sink.endswith("=")
    name = clauses.table_name(star.tables[0].node)
    surely = sql.dialect_is_named or (name is not None and len(name.parts) > 2)
    known = sql.relation_table(star.tables[0]) is not None
    return not known and not (surely and sql.is_warehouse and sql.dialect != "duckdb")


def is_bare(select: exp.Expr) -> bool:
    """Say whether a query is `SELECT * FROM t` and nothing more: what is made of it is another name for a table."""
    narrowing = (clauses.where, clauses.joins, clauses.group, clauses.distinct, clauses.limit)
    return not any(clause(select) for clause in narrowing) and len(clauses.projections(select)) == 1


def _is_named_after_its_table(sql: SqlDocument, star: Star) -> bool:
    """Say whether a bare query stands in a file of its table's name, or among copies and exports: `export/orders.sql`.

    A file that makes a table itself, a model of dbt's, is none of them.
    """
    select = star.scope.node
    if sql.region.embedded:
        return _hands_on(sql, star) and is_bare(select)
    if select.parent is not None or len(star.tables) != 1 or not is_bare(select):
        return False
    if any(True for _ in sql.catalog.declared_in(sql.source.path)):
        return False
    if len(sql.statements) > 1 and not names_queries(sql):
        return True
    path = words_of(sql.source.path.rpartition(".")[0])
    name = clauses.table_name(star.tables[0].node)
    table = words_of(name.name) if name is not None else []
    stem = words_of(sql.source.path.rpartition("/")[2].rpartition(".")[0])
    shorter, longer = sorted((stem, table), key=len)
    return not _COPIES.isdisjoint(path) or (bool(shorter) and longer[-len(shorter) :] == shorter)


# Columns that are named elsewhere


def _is_of_the_session(sql: SqlDocument, star: Star) -> bool:
    """Say whether what is made lasts as long as the session: a temporary view; DuckDB's views of what the file makes."""
    create = star.scope.node.parent
    if not isinstance(create, exp.Create):
        return False
    if clauses.is_temporary(create):
        return True
    known = [sql.relation_table(table) for table in star.tables]
    return sql.dialect == "duckdb" and all(table is not None and table.path == sql.source.path for table in known)


def _fills_its_copy(sql: SqlDocument, star: Star) -> bool:
    """Say whether rows are put into a table that the file has made in the shape of theirs: `CREATE TABLE a (LIKE b)`."""
    insert = star.scope.node.parent
    if not isinstance(insert, exp.Insert) or len(star.tables) != 1 or clauses.joins(star.scope.node):
        return False
    if len(clauses.projections(star.scope.node)) != 1:
        return False
    target, source = clauses.table_name(clauses.target(insert)), clauses.table_name(star.tables[0].node)
    if target is None or source is None:
        return False
    for statement in (one for document in (*sql.beside[0], sql) for one in document.statements):
        if isinstance(statement.tree, exp.Create) and clauses.table_name(clauses.target(statement.tree)) == target:
            return _shape(statement.tree) == source
    return False


def _shape(create: exp.Create) -> TableName | None:
    """Give the table whose columns a CREATE takes over: by LIKE, or by a bare `AS SELECT *` of it."""
    query = clauses.created_query(create)
    if isinstance(query, exp.Select):
        one = len(clauses.projections(query)) == 1 and isinstance(clauses.projections(query)[0], exp.Star)
        return clauses.table_name(clauses.from_item(query)) if one and not clauses.joins(query) else None
    for like in create.find_all(exp.LikeProperty):
        return clauses.table_name(like.this)
    return None


def _passes_a_model_on(sql: SqlDocument, star: Star) -> bool:
    """Say whether a model hands on what another names, filtered or with more columns; or dbt's snapshot keeps it all.

    A raw table (`source`) has columns that somebody else adds. A join that gives columns besides is no filter.
    """
    if any(table.kind == "snapshot" for table in sql.catalog.declared_in(sql.source.path)):
        return True
    if not star.tables or not all(is_model(sql, table) and not is_raw(sql, table) for table in star.tables):
        return False
    select = star.scope.node
    if all(isinstance(join.this, exp.Unnest) for join in clauses.joins(select)):
        return True
    if len(star.relations) != 1:
        return False
    others = [column for item in clauses.projections(select) if item is not star.item for column in _columns(item)]
    return all(clauses.column_qualifier(column).lower() == star.relations[0].name.lower() for column in others)


def _columns(item: exp.Expr) -> list[exp.Column]:
    return [node for node in clauses.descendants(item) if isinstance(node, exp.Column)]


def is_model(sql: SqlDocument, table: Relation) -> bool:
    """Say whether a tag of a template names a table: `{{ ref('orders') }}`."""
    return any(hole.hole is HoleKind.RELATION for hole in sql.holes(sql.span(table.node)))


def is_raw(sql: SqlDocument, table: Relation) -> bool:
    """Say whether a tag names a raw table: `{{ source('shop', 'orders') }}`."""
    return any(hole.host.strip("{ -").startswith("source") for hole in sql.holes(sql.span(table.node)))


def _expands_late(sql: SqlDocument, star: Star) -> bool:
    """Say whether the star stands in a view whose columns, and costs, whoever reads the view decides."""
    root = star.scope.node.root()
    return sql.dialect in _EXPANDS_LATE and isinstance(root, exp.Create) and clauses.created_kind(root) == "VIEW"


def _leaves_some_out(star: Star) -> bool:
    """Say whether somebody has chosen among the columns, and takes all others: `* EXCEPT (secret)`, `* REPLACE (…)`.

    In a view that keeps the columns of one day they are those of that day all the same.
    """
    item = star.item.this if isinstance(star.item, exp.Column) else star.item
    chosen = isinstance(item, exp.Star) and bool(clauses.star_except(item))
    return chosen and not is_view(star)


def _reads_its_own(sql: SqlDocument, star: Star) -> bool:
    """Say whether the table is the one that the file fills, as its folders say: `shop/orders/query.sql` reads `shop.orders`."""
    folders = sql.source.path.lower().split("/")[-3:-1]
    names = [clauses.table_name(table.node) for table in star.tables]
    return len(folders) == 2 and all(name is not None and list(name.folded[-2:]) == folders for name in names)


def is_view(star: Star) -> bool:
    """Say whether a star decides which columns a view has."""
    parent = star.scope.node.parent
    return isinstance(parent, exp.Create) and clauses.created_kind(parent) == "VIEW"


def have_same_columns(sql: SqlDocument, arms: list[Star]) -> bool:
    """Say whether the tables of a union's arms are known to have the very same columns, in the same order."""
    found: set[tuple[str, ...]] = set()
    for arm in arms:
        known = sql.relation_table(arm.tables[0]) if len(arm.tables) == 1 else None
        if known is None or not known.complete or len(arm.relations) != 1:
            return False
        found.add(tuple(known.columns))
    return len(found) == 1


def has_no_positions(star: Star) -> bool:
    """Say whether set operations match by name, or all look rows up by all they hold: `SELECT * … EXCEPT SELECT * …`."""
    node: exp.Expr | None = star.scope.union
    operations = [one for one in clauses.descendants(node) if isinstance(one, exp.SetOperation)] if node else []
    return bool(operations) and all(
        isinstance(one, exp.Except | exp.Intersect) or clauses.matched_by_name(one) for one in operations
    )
