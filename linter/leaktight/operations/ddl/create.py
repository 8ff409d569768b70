"""CREATE TABLE and CREATE VIEW."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field, replace

from sqlglot import exp

from leaktight.catalog.change import AddIndex, CreateTable
from leaktight.catalog.table import Clustering, Column, Partitioning, Table, TableName
from leaktight.diagnostics import Location
from leaktight.languages.sql import clauses, identifiers
from leaktight.languages.sql.ddl import Reader
from leaktight.languages.sql.document import SqlDocument
from leaktight.lazy import record
from leaktight.operations.ddl.columns import read_definitions
from leaktight.operations.ddl.definitions import ColumnPlace, Columns
from leaktight.operations.ddl.indexes import read_index
from leaktight.operations.ddl.partitioning import (
    read_bounds,
    read_clustering,
    read_folder_columns,
    read_partitioning,
    read_properties,
    scheme_partitioning,
)
from leaktight.operations.ddl.properties import read_properties_of_table
from leaktight.text import Span

_OTHERS = frozenset(
    """FUNCTION PROCEDURE PROC TRIGGER SCHEMA DATABASE ROLE USER TYPE EXTENSION SEQUENCE DOMAIN EVENT RULE POLICY MACRO
    MODEL STAGE PIPE TASK STREAM WAREHOUSE ROW ACCESS AGGREGATE OPERATOR CAST SERVER PUBLICATION SUBSCRIPTION SECRET
    DICTIONARY CATALOG CONNECTION FORMAT STATISTICS SYNONYM PACKAGE""".split()
)
_HEADS = frozenset({"TABLE", "VIEW", "INDEX"})
_FULL_COPIES = frozenset({"CLONE", "COPY", "SHALLOW", "DEEP"})


@record(frozen=True, slots=True)
class DeclaredTable:
    """A CREATE TABLE or VIEW: the table, and where its name and its columns stand in the document's region."""

    document: SqlDocument
    change: CreateTable
    name_span: Span
    places: Mapping[str, ColumnPlace] = field(default_factory=dict)
    query: exp.Expr | None = None

    @property
    def table(self) -> Table:
        """The table as this statement declares it."""
        return self.change.table


@record(slots=True)
class _Body:
    columns: Columns
    partitioning: Partitioning | None = None
    clustering: Clustering | None = None
    comment: str | None = None
    required: bool = False
    partition_of: TableName | None = None
    like: TableName | None = None
    like_all: bool = False
    inherits: tuple[TableName, ...] = ()
    query: Reader | None = None
    external: bool = False
    owner: str | None = None
    retention: str | None = None
    role: str | None = None
    bounds: str = ""
    places: dict[str, Location] = field(default_factory=dict)


def read_create(
    reader: Reader, tree: exp.Expr | None, *, typed: bool = False, nested: bool = False
) -> DeclaredTable | AddIndex | None:
    """Read a CREATE statement whose first word is taken; None for what is neither a table, view nor index.

    `tree` is that of the statement, None where it is not understood; `nested` says that it stands in another one.

    With `typed`, what has no column with a type, for they are a query's, is left out too.
    """
    start = reader.at
    while reader.upper() not in _HEADS:
        word = reader.next()
        if word is None or word.upper in _OTHERS or reader.at - start > 24:
            return None
    modifiers = {word.upper for word in reader.words[start : reader.at]}
    head = reader.accept_any(_HEADS)
    if reader.upper() in {"FUNCTION", "STATISTICS"} and reader.upper(1) not in {".", "("}:
        return None
    if head == "INDEX":
        return read_index(reader, modifiers)
    if typed and head == "VIEW":
        return None
    if_not_exists = reader.accept("IF", "NOT", "EXISTS")
    named = reader.name()
    if named is None:
        return None
    if_not_exists = reader.accept("IF", "NOT", "EXISTS") or if_not_exists
    body = _Body(Columns(reader.dialect))
    _read_columns(reader, body)
    _read_body(reader, body)
    if typed and body.query is not None and all(column.type is None for column in body.columns.columns.values()):
        return None
    return _table(reader, tree, named, head, modifiers, if_not_exists, body, nested=nested)


def _table(
    reader: Reader,
    tree: exp.Expr | None,
    named: tuple[TableName, Span],
    head: str,
    modifiers: set[str],
    exists: bool,
    body: _Body,
    *,
    nested: bool,
) -> DeclaredTable:
    name, span = named
    found = body.columns
    query = None
    if body.query is not None:
        query = clauses.created_query(tree) if isinstance(tree, exp.Create) else None
        if query is None and (head == "TABLE" or tree is not None or nested):
            query = body.query.query()
        _take_query(reader, found, query)
    kind = {"VIEW": "materialized" if "MATERIALIZED" in modifiers else "view", "TABLE": "table"}[head]
    if head == "TABLE" and ("EXTERNAL" in modifiers or body.external):
        kind = "external"
    elif "FOREIGN" in modifiers:
        kind = "foreign"
    elif "VIRTUAL" in modifiers:
        kind = "virtual"
    elif body.partition_of is not None:
        kind = "partition"
    partitioning = body.partitioning
    if partitioning is not None and body.required:
        partitioning = replace(partitioning, required=True)
    shape = found.like or body.like
    clustering = body.clustering
    if clustering is None and found.sort_columns:
        clustering = Clustering(tuple(found.sort_columns), reader.document.location(span))
    table = Table(
        name,
        found.columns,
        tuple(found.keys),
        tuple(found.indexes),
        partitioning,
        clustering,
        kind,
        temporary=bool(modifiers & {"TEMP", "TEMPORARY", "VOLATILE"}) or name.name.startswith("#"),
        complete=found.complete and bool(found.columns),
        dialect=reader.dialect,
        comment=body.comment,
        location=reader.document.location(span),
        owner=body.owner,
        retention=body.retention,
        role=_role(reader, kind, modifiers, body),
        places=body.places,
        checks=tuple(found.checks),
        exclusions=tuple(found.exclusions),
        bounds=body.bounds,
        derived=body.query is not None or shape is not None or bool(body.inherits),
    )
    change = CreateTable(
        table,
        exists,
        shape,
        found.like_all or body.like_all,
        body.partition_of,
        body.inherits,
        location=table.location,
        dialect=reader.dialect,
    )
    return DeclaredTable(reader.document, change, span, found.places, query)


def _role(reader: Reader, kind: str, modifiers: set[str], body: _Body) -> str | None:
    # SQL Server makes a table of a query by SELECT … INTO alone; Synapse and Fabric have AS SELECT.
    if reader.dialect == "tsql" and kind == "table" and body.query is not None:
        return "olap"
    # Postgres empties an unlogged table after a crash: nobody keeps there what is to last.
    return "staging" if "UNLOGGED" in modifiers else body.role


def _read_columns(reader: Reader, body: _Body) -> None:
    """Read the list of columns, and what the grammars let stand between a name and it."""
    typed = False
    while (word := reader.peek()) is not None and word.upper != "(":
        if reader.accept("ON", "CLUSTER") or reader.accept("UUID") or reader.hole(word.span) is not None:
            reader.next()
        elif reader.accept("PARTITION", "OF"):
            parent = reader.name()
            body.partition_of = parent[0] if parent is not None else None
            body.bounds = read_bounds(reader)
        elif reader.accept("OF"):
            typed = reader.name() is not None
        elif reader.dialect == "clickhouse" and reader.accept("TO"):
            reader.name()
        elif reader.dialect == "teradata" and reader.accept(","):
            reader.expression(_AFTER_OPTION)
        elif not reader.accept("COPY", "GRANTS"):
            break
    group = reader.group() if reader.upper() == "(" else None
    if group is not None and _is_query(group):
        body.query = group
    elif group is not None:
        body.columns = read_definitions(group)
    if typed:
        body.columns.complete = False


_AFTER_OPTION = frozenset({",", "(", "AS"})


def _is_query(group: Reader) -> bool:
    ahead = 0
    while group.upper(ahead) == "(":
        ahead += 1
    return group.upper(ahead) in {"SELECT", "WITH", "FROM", "VALUES"}


def _read_body(reader: Reader, body: _Body) -> None:
    """Read all that follows the columns: LIKE, partitioning, properties, query.

    Brackets hold a query here or the words of an option (`DISTKEY (id)`), never columns.
    """
    while not reader.done:
        word = reader.upper()
        if word == "(":
            group = reader.group()
            if group is not None and _is_query(group):
                body.query = group
        elif reader.accept("COPY", "GRANTS"):
            continue
        elif reader.accept("PARTITION", "BY") or reader.accept("PARTITIONED", "BY"):
            body.partitioning = read_partitioning(reader, body.columns) or body.partitioning
        elif reader.accept("WITH", "PARTITION", "COLUMNS"):
            body.partitioning = read_folder_columns(reader, body.columns)
        elif (
            reader.accept("CLUSTER", "BY")
            or reader.accept("SORTKEY")
            or (reader.dialect == "clickhouse" and reader.accept("ORDER", "BY"))
        ):
            body.clustering = read_clustering(reader)
        elif reader.accept("OPTIONS") or reader.accept("TBLPROPERTIES"):
            _options(reader, body)
        elif reader.accept("COMMENT"):
            reader.accept("=")
            text = reader.next()
            if text is not None and text.string:
                body.comment = text.text
                body.places["comment"] = reader.document.location(text.span)
        elif word in {"LIKE", "INHERITS", *_FULL_COPIES} or _is_copy(reader):
            _model(reader, body)
        elif reader.upper() == "WITH" and reader.upper(1) == "(":
            reader.next()
            group = reader.group()
            said = {word.upper for word in group.words[group.at : group.end]} if group is not None else set()
            if reader.dialect == "tsql" and not _OF_SYNAPSE.isdisjoint(said):
                body.role = "olap"
            found = read_properties(group) if group is not None else None
            body.partitioning = found or body.partitioning
        elif reader.dialect in {"tsql", "fabric"} and word == "ON" and reader.upper(2) == "(":
            reader.next()
            body.partitioning = scheme_partitioning(reader)
        elif word == "LOCATION" and reader.dialect in {"hive", "athena"}:
            body.external = True
            reader.next()
        elif word in {"SELECT", "WITH", "FROM", "VALUES"} and _begins_query(reader):
            body.query = Reader(reader.document, reader.words, reader.at, reader.end)
            return
        else:
            reader.next()


_OF_SYNAPSE = frozenset({"DISTRIBUTION", "COLUMNSTORE", "HEAP"})
"""Options of a table that Synapse alone has: SQL Server says with an index how rows are kept, and spreads none."""


def _begins_query(reader: Reader) -> bool:
    before = reader.words[reader.at - 1].upper if reader.at else ""
    if reader.upper() == "SELECT":
        return True
    return before == "AS" or (reader.upper() == "WITH" and reader.upper(2) in {"AS", "("})


def _is_copy(reader: Reader) -> bool:
    """Say whether ClickHouse's `AS db.other` stands here: a table with the columns of another one, and an engine of its own."""
    after = reader.peek(1)
    is_name = after is not None and after.is_name and reader.upper(1) not in {"SELECT", "WITH", "FROM", "VALUES"}
    return reader.dialect == "clickhouse" and reader.upper() == "AS" and is_name and reader.upper(2) != "("


def _options(reader: Reader, body: _Body) -> None:
    said = read_properties_of_table(reader.group())
    body.places = {**said.places, **body.places} if body.comment else {**body.places, **said.places}
    body.comment = body.comment or said.comment
    body.owner = said.owner or body.owner
    body.retention = said.retention or body.retention
    body.required = said.required or body.required


def _model(reader: Reader, body: _Body) -> None:
    if reader.accept("INHERITS"):
        group = reader.group()
        named = [item.name() for item in group.items()] if group is not None else []
        body.inherits = tuple(one[0] for one in named if one is not None)
        return
    columns_alone = reader.accept("AS")
    reader.accept_any({"LIKE", *_FULL_COPIES})
    reader.accept("CLONE")
    model = reader.name()
    if model is not None:
        body.like = model[0]
        body.like_all = not columns_alone


def _take_query(reader: Reader, found: Columns, query: exp.Expr | None) -> None:
    """Take the columns of CREATE … AS: those of the select list, under the names of a column list if one is given."""
    listed = list(found.columns.values())
    if query is None:
        found.complete = found.complete and bool(listed)
        return
    found_outputs = list(outputs(reader.document, query))
    if listed and all(column.type is None for column in listed):
        return
    for column, span in found_outputs:
        if column is None:
            found.complete = False
        else:
            found.add(column, ColumnPlace(span))
    if not found_outputs:
        found.complete = False


def outputs(document: SqlDocument, query: exp.Expr) -> Iterator[tuple[Column | None, Span]]:
    """Yield the columns that a query gives, each with its place; None for a star or what has no name of its own."""
    reader = Reader(document, ())
    for projection in clauses.projections(query):
        span = document.span(projection)
        name = projection.alias_or_name
        unnamed = not clauses.alias_of(projection) and not isinstance(projection, (exp.Column, exp.Dot))
        if not name or name == "*" or unnamed or document.has_hole(projection):
            yield None, span
            continue
        named = identifiers.output_name(projection)
        quoted = named is not None and identifiers.is_quoted(named)
        yield Column(name, location=reader.document.location(span), quoted=quoted), span
