"""Dumps of `information_schema`: its columns view in JSON or CSV, and in JSON its tables, keys and indexes as well."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import field, replace

from leaktight.catalog.declaration import Declaration, Origin
from leaktight.catalog.table import Clustering, Column, Key, KeyKind, Partitioning, Statistics, Table, TableName
from leaktight.diagnostics import Location
from leaktight.lazy import record
from leaktight.operations.file import FileView
from leaktight.operations.sources.dump_keys import indexes_of, keys_of
from leaktight.operations.sources.dump_rows import Row, csv_rows, json_rows, place_in, table_name
from leaktight.operations.sources.dump_types import plain_default, type_of
from leaktight.source import Language, NotAnalysable, Source

_TYPES = frozenset({"data_type", "column_type", "full_data_type", "udt_name"})
_SIGNS: tuple[tuple[str, frozenset[str]], ...] = (
    ("bigquery", frozenset({"is_partitioning_column", "clustering_ordinal_position", "is_system_defined"})),
    ("databricks", frozenset({"full_data_type", "partition_ordinal_position", "partition_index"})),
    ("snowflake", frozenset({"identity_ordered", "schema_evolution_record"})),
    ("mysql", frozenset({"column_type", "column_key"})),
    ("oracle", frozenset({"data_precision", "data_default"})),
    ("redshift", frozenset({"sortkey", "distkey", "remarks", "column_acl"})),
    ("postgres", frozenset({"udt_name", "is_updatable", "identity_generation"})),
)
"""Of each engine the columns that its view alone has: the first that shows one is meant."""
_DIALECTS = frozenset(dialect for dialect, _ in _SIGNS) | {"tsql"}
_GAPS = frozenset({"postgres", "redshift"})
"""Engines that leave a gap in the positions for a column that was dropped."""
_KINDS = {"VIEW": "view", "MATERIALIZED VIEW": "materialized", "EXTERNAL": "external", "EXTERNAL TABLE": "external",
          "MATERIALIZED_VIEW": "materialized", "FOREIGN": "foreign", "FOREIGN TABLE": "foreign",
          "SYSTEM VIEW": "view"}  # fmt: skip
_VIEWS = frozenset({"view", "materialized"})


@record(slots=True)
class _Dumped:
    """The rows of one table."""

    name: TableName
    columns: list[Row] = field(default_factory=list)
    about: Row | None = None
    options: list[Row] = field(default_factory=list)


def read(view: FileView) -> Iterator[Declaration]:
    """Yield each table of a dump. Raises `NotAnalysable` where the file is one and breaks off."""
    source = view.source
    rows = json_rows(source.text) if source.language is Language.JSON else csv_rows(source.text)
    found: list[Row] = []
    try:
        for row in rows:
            if not found and not _is_dump(row):
                return
            found.append(row)
    except NotAnalysable:
        if not found and "ordinal_position" not in source.text[:20_000].lower():
            return  # something else that is broken, and holds the words of a dump by chance
        raise
    for table in dumped_tables(source, found):
        yield Declaration(table, Origin.SNAPSHOT)


def _is_dump(row: Row) -> bool:
    if row.section != "columns":
        return "table_name" in row.values
    return {"table_name", "column_name"} <= row.values.keys() and not _TYPES.isdisjoint(row.values)


def dumped_tables(source: Source, rows: Sequence[Row], dialect: str = "") -> Iterator[Table]:
    """Yield the tables that rows of a dump describe; they show which `dialect` they are of where it is not given."""
    dialect = dialect or _dialect(rows)
    tables: dict[tuple[str, ...], _Dumped] = {}
    others: dict[str, list[Row]] = {}
    for row in rows:
        if row.section not in ("columns", "tables", "table_options"):
            others.setdefault(row.section, []).append(row)
            continue
        name = table_name(row)
        if name is None:
            continue
        table = tables.setdefault(name.folded, _Dumped(name))
        if row.section == "columns":
            table.columns.append(row)
        elif row.section == "tables":
            table.about = row
        else:
            table.options.append(row)
    keys = keys_of(source, others, dialect)
    indexes = indexes_of(source, others.get("statistics", ()), dialect)
    for folded, dumped in tables.items():
        if dumped.columns or dumped.about is not None:
            told = _with_options(source, _table(source, dumped, dialect), dumped.options)
            declared = keys.get(folded) or told.keys
            yield replace(told, keys=declared, indexes=indexes.get(folded, ()))


def _dialect(rows: Iterable[Row]) -> str:
    """Give the dialect that the rows say they are of, or that the columns of the first one show."""
    names: set[str] = set()
    for row in rows:
        if row.section == "columns":
            said = (row.text("dialect") or "").lower()
            if said in _DIALECTS:
                return said
            names |= row.values.keys()
            break
    return next((dialect for dialect, signs in _SIGNS if names & signs), "")


def _table(source: Source, dumped: _Dumped, dialect: str) -> Table:
    about = dumped.about
    kind = _KINDS.get((about.text("table_type") or "").upper(), "table") if about is not None else "table"
    rows = sorted(dumped.columns, key=lambda row: row.number("ordinal_position") or 0)
    columns: dict[str, Column] = {}
    partitioned: list[tuple[int, Row]] = []
    sorted_by: list[tuple[int, Row, str]] = []
    for row in rows:
        name = row.text("column_name")
        if name is None or (row.text("field_path") or name) != name:
            continue  # a field inside a column
        if not row.flag("is_hidden"):  # BigQuery's `_PARTITIONTIME` stands in no `*`
            columns.setdefault(name.lower(), _column(source, row, name, dialect, kind))
        position = row.number("partition_ordinal_position", "partition_index")
        if row.flag("is_partitioning_column") or position is not None:
            partitioned.append((position or 0, row))
        order = row.number("clustering_ordinal_position", "sortkey")
        if order:
            sorted_by.append((abs(order), row, name))
    first = about or (rows[0] if rows else None)
    place = place_in(source, first, dumped.name.name) if first is not None else None
    by_key = about.text("clustering_key") if about is not None else None
    sorted_by.sort(key=lambda item: item[0])
    clustering = None
    if sorted_by:
        at = place_in(source, sorted_by[0][1], sorted_by[0][2])
        clustering = Clustering(tuple(name for _, _, name in sorted_by), at)
    return Table(
        dumped.name,
        columns,
        _marked_keys(source, rows),
        partitioning=_partitioning_said(about, dialect, place) or _partitioning(source, partitioned, dialect),
        clustering=clustering or _clustering(by_key, columns, place),
        kind=kind,
        complete=_is_complete([row for row in rows if not row.flag("is_hidden")], dialect),
        dialect=dialect,
        comment=about.text("table_comment", "comment", "remarks", "description") if about is not None else None,
        location=place,
        owner=about.text("table_owner") if about is not None else None,
        statistics=_statistics(about, place),
    )


def _is_complete(rows: Sequence[Row], dialect: str) -> bool:
    """Say whether no column is missing, as the positions tell; a dump without them may be of some columns only."""
    positions = {row.number("ordinal_position") for row in rows}
    if None in positions or not positions:
        return False
    numbers = {number for number in positions if number is not None}
    if min(numbers) not in (0, 1):
        return False
    return dialect in _GAPS or max(numbers) - min(numbers) + 1 == len(numbers)


def _column(source: Source, row: Row, name: str, dialect: str, kind: str) -> Column:
    default = row.text("column_default", "data_default")
    extra = (row.text("extra") or "").upper()
    generated = bool(row.flag("is_identity")) or (row.text("is_generated") or "").upper() == "ALWAYS"
    generated = generated or "AUTO_INCREMENT" in extra or "VIRTUAL" in extra or "STORED" in extra
    generated = generated or (default or "").lower().startswith("nextval(") or "identity(" in (default or "").lower()
    return Column(
        name,
        type_of(row, dialect),
        # Most engines call every column of a view nullable, whatever stands below it.
        None if kind in _VIEWS else row.flag("is_nullable", "nullable"),
        None
        if generated or default is None
        else plain_default(_quoted(row, default) if dialect == "mysql" else default),
        row.text("column_comment", "comment", "remarks", "description"),
        place_in(source, row, name),
        generated=generated,
    )


def _quoted(row: Row, default: str) -> str:
    """Give a default of MySQL as SQL says it: MySQL's view shows a text bare, MariaDB's in quotes."""
    is_text = "char" in (row.text("data_type") or "").lower()
    written = default[:1] == "'" or "(" in default or "DEFAULT_GENERATED" in (row.text("extra") or "").upper()
    return "'" + default.replace("'", "''") + "'" if is_text and not written and default.upper() != "NULL" else default


def _marked_keys(source: Source, rows: Sequence[Row]) -> tuple[Key, ...]:
    """Give the keys that MySQL's view marks at their columns: all of the primary key, and unique ones of one column."""
    named = [(row, name) for row in rows if (name := row.text("column_name")) is not None]
    primary = [(row, name) for row, name in named if row.text("column_key") == "PRI"]
    keys = [
        Key(KeyKind.UNIQUE, (n,), location=place_in(source, r, n)) for r, n in named if r.text("column_key") == "UNI"
    ]
    if primary:
        columns = tuple(name for _, name in primary)
        keys.insert(0, Key(KeyKind.PRIMARY, columns, location=place_in(source, *primary[0])))
    return tuple(keys)


def _partitioning(source: Source, found: list[tuple[int, Row]], dialect: str) -> Partitioning | None:
    names = [(row, name) for _, row in sorted(found, key=lambda item: item[0]) if (name := row.text("column_name"))]
    if not names:
        return None
    columns = tuple(name for _, name in names)
    kind = "hive"
    if dialect == "bigquery":
        kind = "integer" if type_of(names[0][0], dialect) == "INT64" else "time"
        if columns[0].upper() in ("_PARTITIONTIME", "_PARTITIONDATE"):
            kind, columns = "ingestion", ("_PARTITIONTIME", "_PARTITIONDATE")
    return Partitioning(columns, ", ".join(columns), kind, location=place_in(source, *names[0]))


def _partitioning_said(about: Row | None, dialect: str, place: Location | None) -> Partitioning | None:
    """Read what the view of tables says in the words of DDL, which `catalog query` asks for."""
    said = about.text("partition_expression") if about is not None else None
    if said is None:
        return None
    from leaktight.operations.declared import declared_partitioning

    found = declared_partitioning(said, dialect)
    return replace(found, location=place) if found is not None else None


def _clustering(key: str | None, columns: dict[str, Column], place: Location | None) -> Clustering | None:
    """Read Snowflake's `LINEAR(a, TO_DATE(b))`: the columns that stand in it."""
    words = "".join(c if c.isalnum() or c in "_$" else " " for c in (key or "")[:10_000]).split()
    names = tuple(dict.fromkeys(columns[word.lower()].name for word in words if word.lower() in columns))
    return Clustering(names, place) if names else None


def _statistics(about: Row | None, place: Location | None) -> Statistics | None:
    if about is None:
        return None
    rows = about.number("row_count", "table_rows", "estimated_rows", "total_rows")
    size = about.number("bytes", "size_bytes", "total_bytes", "data_length", "total_logical_bytes")
    parts = about.number("total_partitions")
    parts = parts or None  # BigQuery counts none for a table that has no partitions
    return Statistics(rows, size, parts, place) if rows is not None or size is not None else None


def _with_options(source: Source, table: Table, options: Iterable[Row]) -> Table:
    """Add what BigQuery's view of table options says."""
    for row in options:
        place = place_in(source, row, row.text("option_name") or "")
        value = (row.text("option_value") or "").strip("\"'")
        match row.text("option_name"):
            case "description":
                if value:
                    table = replace(table, comment=value, places={**table.places, "comment": place})
            case "partition_expiration_days" if value:
                said = f"{value.removesuffix('.0')} days"
                table = replace(table, retention=said, places={**table.places, "retention": place})
            case "require_partition_filter" if table.partitioning is not None:
                partitioning = replace(table.partitioning, required=value.lower() == "true")
                table = replace(table, partitioning=partitioning)
            case _:
                continue
    return table
