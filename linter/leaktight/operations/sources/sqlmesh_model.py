"""The models of SQLMesh: what their header, `MODEL (…)`, says of a table, and the columns that their query gives."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field, replace

from leaktight.catalog.declaration import Declaration, Origin
from leaktight.catalog.table import Clustering, Column, Partitioning, Table, TableName
from leaktight.diagnostics import Location
from leaktight.languages.sql.ddl import Reader, statement_words
from leaktight.languages.sql.document import SqlDocument
from leaktight.languages.sql.statements import Statement
from leaktight.lazy import record, regex
from leaktight.operations.ddl.columns import read_definitions
from leaktight.operations.ddl.create import outputs
from leaktight.operations.ddl.partitioning import read_clustering, read_partitioning
from leaktight.operations.file import FileView
from leaktight.operations.sources.sqlmesh_checks import Checks

_SIGN = regex(r"(?i)(?:^|[;/\n])[ \t\r]*model\s*\(")
_KINDS = {"VIEW": "view", "EMBEDDED": "view", "SEED": "seed", "EXTERNAL": "external"}
_BY_TIME = frozenset({"bigquery", "spark", "databricks", "hive", "athena"})
"""Dialects whose engines cut an incremental table by its time column, if nothing else is said."""
_QUERIES = frozenset({"SELECT", "WITH", "FROM", "("})


@record(slots=True)
class _Header:
    name: TableName
    place: Location
    dialect: str
    kind: str = "model"
    columns: dict[str, Column] = field(default_factory=dict)
    checks: Checks = field(default_factory=Checks)
    partitioning: Partitioning | None = None
    clustering: Clustering | None = None
    required: bool = False
    time_column: str | None = None
    described: dict[str, tuple[str, Location]] = field(default_factory=dict)
    facts: dict[str, tuple[str, Location]] = field(default_factory=dict)
    tags: tuple[str, ...] = ()
    versioned: dict[str, str] = field(default_factory=dict)
    """The columns that SQLMesh adds for the versions of rows, by the property that names them."""
    enabled: bool = True


def has_header(view: FileView) -> bool:
    """Say whether a file is a model of SQLMesh: its first statement is `MODEL (…)`."""
    if not _SIGN.search(view.source.text):
        return False
    firsts = (document.statements[:1] for document in view.sql if document.region.variant == 0)
    return any(statement.keyword == "MODEL" for first in firsts for statement in first)


def read(view: FileView) -> Iterator[Declaration]:
    """Yield the model of a file, and what its query gives."""
    if not _SIGN.search(view.source.text):
        return
    for document in view.sql:
        if document.region.variant != 0:
            continue
        for statement in document.statements[:1]:
            if statement.keyword != "MODEL":
                continue
            reader = Reader(document, statement_words(document, statement))
            reader.next()
            group = reader.group()
            header = _header(group, view.configured_dialect or "") if group is not None else None
            if header is not None and header.enabled:
                yield Declaration(_table(header), Origin.SQLMESH)
                given = None if header.columns or header.kind == "seed" else _given(document, header)
                if given is not None:
                    yield Declaration(given, Origin.DERIVED)


def _header(group: Reader, dialect: str) -> _Header | None:
    """Read a header. `dialect` is the configured one: of a guess at one file's nothing follows for the whole project."""
    listed = group.items()
    header: _Header | None = None
    for item in listed:
        start = item.at
        if item.accept("NAME"):
            named = item.name()
            if named is None or not item.done or any("@" in part for part in named[0].parts):
                return None
            header = _Header(named[0], group.document.location(named[1]), dialect)
        item.at = start
    if header is None:
        return None
    for item in listed:
        place = item.document.location(item.span)
        word = item.next()
        if word is not None:
            _property(header, word.text.lower(), item, place)
    return header


def _property(header: _Header, name: str, item: Reader, place: Location) -> None:
    match name:
        case "kind":
            _kind(header, item, place)
        case "dialect" | "owner" | "description":
            word = item.peek()
            if word is None:
                return
            if name == "dialect":
                header.dialect = word.text.lower()
            else:
                header.facts[name] = (word.text if word.string else item.text, item.document.location(item.span))
        case "tags":
            header.tags = _names(item)
        case "columns":
            group = item.group()
            found = read_definitions(group).columns if group is not None else {}
            # SQLMesh's list names types alone; where no NOT NULL stands it does not say that there may be one.
            header.columns = {key: replace(one, nullable=one.nullable and None) for key, one in found.items()}
        case "column_descriptions":
            _descriptions(header, item)
        case "grain":
            header.checks.is_key(_names(item), place)
        case "grains":
            group = item.group()
            for one in group.items() if group is not None else [item]:
                header.checks.is_key(_names(one), place)
        case "audits" | "assertions":
            group = item.group()
            for one in group.items() if group is not None else ():
                _audit(header.checks, one)
        case "partitioned_by":
            header.partitioning = read_partitioning(item, None)
        case "clustered_by":
            header.clustering = read_clustering(item)
        case "physical_properties" | "table_properties":
            _physical(header, item)
        case "enabled":
            header.enabled = item.upper() != "FALSE"
        case _:
            return


def _kind(header: _Header, item: Reader, place: Location) -> None:
    word = item.next()
    kind = word.upper if word is not None else ""
    header.kind = _KINDS.get(kind, "table")
    if kind.startswith("SCD_TYPE_2"):
        header.versioned = {"valid_from_name": "valid_from", "valid_to_name": "valid_to"}
    group = item.group()
    for one in group.items() if group is not None else ():
        first = one.peek()
        if first is not None and first.text.lower() in header.versioned:
            header.versioned[first.text.lower()] = next(
                iter(_names(Reader(one.document, one.words, one.at + 1, one.end))), ""
            )
        elif one.accept("TIME_COLUMN"):
            header.time_column = next(iter(_names(one)), None)
        elif one.accept("UNIQUE_KEY") and not header.versioned:
            header.checks.is_key(_names(one), place)
        elif one.accept("PARTITION_BY_TIME_COLUMN"):
            header.time_column = None if one.upper() == "FALSE" else header.time_column


def _names(item: Reader) -> tuple[str, ...]:
    """Give the columns of `a` or `(a, b)`; nothing where an expression is among them."""
    group = item.group()
    found: list[str] = []
    for one in group.items() if group is not None else [item]:
        word = one.next()
        if word is None or not (word.is_name or word.string) or not (one.done or one.accept("AS")):
            return ()
        found.append(word.text)
    return tuple(found)


def _audit(checks: Checks, item: Reader) -> None:
    place = item.document.location(item.span)
    word = item.next()
    group = item.group()
    columns: tuple[str, ...] = ()
    conditional = False
    for one in group.items() if group is not None else ():
        if one.accept("COLUMNS"):
            one.accept("=") or one.accept(":=")
            columns = _names(one)
        conditional = conditional or one.accept("CONDITION")
    checks.add(word.text if word is not None else "", columns, place, conditional=conditional)


def _descriptions(header: _Header, item: Reader) -> None:
    group = item.group()
    for one in group.items() if group is not None else ():
        column, _, text = one.next(), one.accept("="), one.next()
        if column is not None and text is not None and text.string:
            header.described[column.text.lower()] = (text.text, item.document.location(text.span))


def _physical(header: _Header, item: Reader) -> None:
    group = item.group()
    for one in group.items() if group is not None else ():
        key, _, value = one.next(), one.accept("="), one.next()
        if key is None or value is None:
            continue
        if key.text.lower() == "require_partition_filter":
            header.required = value.text.lower() == "true"
        elif key.text.lower() == "partition_expiration_days":
            header.facts["retention"] = (f"{value.text} days", item.document.location(value.span))


def _table(header: _Header) -> Table:
    columns: dict[str, Column] = {}
    for key, column in header.columns.items():
        described = header.described.get(key)
        if described is not None:
            column = replace(column, comment=described[0], places={**column.places, "comment": described[1]})
        columns[key] = header.checks.of_column(column)
    columns = _with_versions(columns, header)
    partitioning = header.partitioning
    if partitioning is None and header.time_column is not None and header.dialect in _BY_TIME:
        kind = "time" if header.dialect == "bigquery" else "hive"
        granularity = "day" if kind == "time" else None
        partitioning = Partitioning((header.time_column,), header.time_column, kind, granularity, location=header.place)
    if partitioning is not None and header.required:
        partitioning = replace(partitioning, required=True)
    facts = {name: said for name, (said, _) in header.facts.items()}
    return Table(
        header.name,
        columns,
        header.checks.unique_keys(),
        partitioning=partitioning,
        clustering=header.clustering,
        kind=header.kind,
        complete=bool(header.columns),
        dialect=header.dialect,
        comment=facts.get("description"),
        location=header.place,
        owner=facts.get("owner"),
        retention=facts.get("retention"),
        role="olap",
        tags=header.tags,
        places={"comment" if name == "description" else name: place for name, (_, place) in header.facts.items()},
    )


def _with_versions(columns: dict[str, Column], header: _Header) -> dict[str, Column]:
    """Give columns with those that SQLMesh adds to a model that keeps the versions of its rows."""
    added = (Column(name, location=header.place) for name in header.versioned.values() if name and columns)
    return {**columns, **{one.name.lower(): one for one in added if one.name.lower() not in columns}}


def _given(document: SqlDocument, header: _Header) -> Table | None:
    """Give the columns of the model's query, which is the last statement of the file that is one."""
    query: Statement | None = None
    for statement in document.statements:
        if statement.keyword in _QUERIES:
            query = statement
    if query is None:
        return None
    tree = query.tree or Reader(document, statement_words(document, query)).query()
    columns: dict[str, Column] = {}
    complete = tree is not None
    for column, _ in outputs(document, tree) if tree is not None else ():
        if column is None:
            complete = False
        else:
            columns.setdefault(column.name.lower(), header.checks.of_column(column))
    columns = _with_versions(columns, header)
    if not columns:
        return None
    return Table(
        header.name, columns, kind=header.kind, complete=complete, dialect=header.dialect, location=header.place
    )
