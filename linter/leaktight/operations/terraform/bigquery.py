"""The resource `google_bigquery_table`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from leaktight.catalog.table import Clustering, Column, Key, KeyKind, Partitioning, Table, TableName
from leaktight.diagnostics import Location, locate
from leaktight.operations.ddl.partitioning import INGESTION
from leaktight.operations.terraform.bodies import Body, Resource
from leaktight.operations.terraform.hcl import Hcl
from leaktight.operations.terraform.values import Value, words
from leaktight.source import Source
from leaktight.text import Span

_TYPES = {"INTEGER": "INT64", "FLOAT": "FLOAT64", "BOOLEAN": "BOOL", "RECORD": "STRUCT"}
"""What the names of types in a schema are in SQL."""
_OWNERS = ("owner", "data_owner", "data-owner", "team", "steward", "owned_by")
_DEEPEST = 15
"""How many levels BigQuery nests columns."""
_LONGEST_TYPE = 10_000
_RETENTIONS = ("retention", "retention_period", "data_retention")
_DAY = 24 * 60 * 60 * 1000


def read_table(source: Source, resource: Resource) -> Table | None:
    """Read a resource; None where a run alone tells the table's name. A dataset that is not known is left off."""
    body = resource.body
    table_id, dataset, project = (body.name(name) for name in ("table_id", "dataset_id", "project"))
    count = body.value("count")
    if table_id is None or not table_id.text or (count is not None and count.number == 0):
        return None
    above = [dataset.text] if dataset is not None and dataset.text else []
    if above and "/" in (above[0] or ""):
        # The id of a dataset is the path `projects/p/datasets/d`.
        above = [part for part in above[0].split("/")[-1:] if part] if above[0] else []
    if above and project is not None and project.text:
        above.insert(0, project.text)
    places: dict[str, Location] = {}
    for fact, value in (("comment", body.value("description")), ("owner", _label(body, _OWNERS))):
        if value is not None:
            places[fact] = locate(source, value.span)
    columns, complete = schema_of(source, body.value("schema"))
    partitioning, retention = _partitioning(source, body)
    labelled = _label(body, _RETENTIONS)
    if labelled is not None and labelled.text:
        retention = labelled.text, labelled.span
    if retention is not None:
        places["retention"] = locate(source, retention[1])
    keys = tuple(_keys(source, body))
    for key in keys:
        if key.kind is KeyKind.PRIMARY:
            columns |= {
                name.lower(): replace(columns[name.lower()], nullable=False)
                for name in key.columns
                if name.lower() in columns
            }
    comment, owner = body.value("description"), _label(body, _OWNERS)
    clustered = body.value("clustering")
    sorted_by = words(clustered)
    return Table(
        TableName((*(part for part in above if part), table_id.text)),
        columns,
        keys,
        partitioning=partitioning,
        clustering=Clustering(sorted_by, locate(source, clustered.span))
        if sorted_by and clustered is not None
        else None,
        kind=_kind(body),
        complete=complete and not body.drifts("schema"),
        dialect="bigquery",
        comment=comment.text if comment is not None else None,
        location=locate(source, table_id.span),
        owner=owner.text if owner is not None else None,
        retention=retention[0] if retention is not None else None,
        places=places,
    )


def _kind(body: Body) -> str:
    kinds = (("view", "view"), ("materialized_view", "materialized"), ("external_data_configuration", "external"))
    return next((kind for block, kind in kinds if body.blocks(block) != []), "table")


def _label(body: Body, names: tuple[str, ...]) -> Value | None:
    labels = body.value("labels")
    found = labels.member(*names) if labels is not None else None
    return found if found is not None and found.text else None


# Columns


def schema_of(source: Source, value: Value | None) -> tuple[dict[str, Column], bool]:
    """Give the columns of a schema, a list or the JSON of one, and whether they are all there are."""
    if value is not None and isinstance(value.data, str):
        parsed = Hcl.expression(value.data, whole=value.span).only_value(
            lambda reference, span, _: Value(reference, span)
        )
        value = parsed if parsed is not None else value
    if value is not None and value.items is None:
        value = value.member("fields")
    items = value.items if value is not None else None
    columns: dict[str, Column] = {}
    complete = items is not None
    for item in items or ():
        column = _column(source, item)
        if column is None:
            complete = False
        else:
            columns.setdefault(column.name.lower(), column)
    return columns, complete and bool(columns)


def _column(source: Source, item: Value) -> Column | None:
    name, type_, mode = item.member("name"), item.member("type"), item.member("mode")
    if name is None or not name.text:
        return None
    description, default = item.member("description"), item.member("defaultValueExpression")
    said = (mode.text or "").upper() if mode is not None else "NULLABLE"
    found = (("type", type_), ("nullable", mode), ("comment", description), ("default", default))
    return Column(
        name.text,
        _type(item, 0),
        {"REQUIRED": False, "NULLABLE": True}.get(said),
        default=default.text if default is not None else None,
        comment=description.text or None if description is not None else None,
        location=locate(source, name.span),
        places={fact: locate(source, value.span) for fact, value in found if value is not None},
    )


def _type(item: Value, depth: int) -> str | None:
    """Give a type with those of its fields; a field inside another whose own cannot be told has none."""
    type_, mode = item.member("type"), item.member("mode")
    if type_ is None or not type_.text:
        return None
    kind = type_.text.upper()
    kind = _TYPES.get(kind, kind)
    fields = item.member("fields")
    if kind == "STRUCT" and fields is not None and fields.items is not None:
        inner = _inner(fields.items, depth + 1) if depth < _DEEPEST else None
        if inner is None and depth:
            return None
        kind = f"STRUCT<{inner}>" if inner else kind
    length, precision, scale = (
        found.number if (found := item.member(name)) is not None else None
        for name in ("maxLength", "precision", "scale")
    )
    if kind in ("STRING", "BYTES") and length:
        kind = f"{kind}({length})"
    elif kind in ("NUMERIC", "BIGNUMERIC") and precision:
        kind = f"{kind}({precision})" if scale is None else f"{kind}({precision}, {scale})"
    return f"ARRAY<{kind}>" if mode is not None and (mode.text or "").upper() == "REPEATED" else kind


def _inner(fields: Sequence[Value], depth: int) -> str | None:
    """Give the fields of a struct as its type lists them; None where one is not known, or they are too many.

    What is too long is given up all the way up: local values of a few lines make fields without end.
    """
    found: list[str] = []
    length = 0
    for field in fields:
        name, of = field.member("name"), _type(field, depth)
        if name is None or name.text is None or of is None or length > _LONGEST_TYPE:
            return None
        found.append(f"{name.text.upper()} {of}")
        length += len(found[-1])
    return ", ".join(found)


# Partitions and keys


def _partitioning(source: Source, body: Body) -> tuple[Partitioning | None, tuple[str, Span] | None]:
    by_time, by_range = body.block("time_partitioning"), body.block("range_partitioning")
    required = body.value("require_partition_filter")
    of_block = by_time.value("require_partition_filter") if by_time is not None else None
    needed = any(value is not None and value.flag is True for value in (required, of_block))
    if by_range is not None:
        field = by_range.value("field")
        if field is None or not field.text:
            return None, None
        return Partitioning((field.text,), field.text, "integer", None, needed, locate(source, field.span)), None
    if by_time is None:
        return None, None
    field, unit, expiry = (by_time.value(name) for name in ("field", "type", "expiration_ms"))
    granularity = (unit.text or "").lower() or None if unit is not None else "day"
    retention = _days(expiry) if expiry is not None else None
    place = field or unit
    location = locate(source, place.span) if place is not None else None
    if field is None:
        found = Partitioning(INGESTION, INGESTION[0], "ingestion", granularity, needed, location)
    elif field.text:
        found = Partitioning((field.text,), field.text, "time", granularity, needed, location)
    else:
        return None, retention
    return found, retention


def _days(value: Value) -> tuple[str, Span] | None:
    """Give how long a partition is kept, in days if they are whole."""
    said = value.text or ""
    if not said.isascii() or not said.isdigit() or len(said) > 18 or int(said) == 0:
        return None
    days, rest = divmod(int(said), _DAY)
    return (f"{days} days" if not rest else f"{int(said)} ms"), value.span


def _keys(source: Source, body: Body) -> Iterator[Key]:
    constraints = body.block("table_constraints")
    if constraints is None:
        return
    primary = constraints.block("primary_key")
    listed = primary.value("columns") if primary is not None else None
    names = words(listed)
    if listed is not None and names:
        yield Key(KeyKind.PRIMARY, names, enforced=False, location=locate(source, listed.span))
    for foreign in constraints.blocks("foreign_keys") or ():
        to, pairs = foreign.block("referenced_table"), foreign.blocks("column_references") or []
        ours = [found.text for pair in pairs if (found := pair.value("referencing_column")) is not None]
        theirs = [found.text for pair in pairs if (found := pair.value("referenced_column")) is not None]
        table = to.value("table_id") if to is not None else None
        if to is None or table is None or not table.text or not ours or None in ours or None in theirs:
            continue
        above = [
            value.text for name in ("project_id", "dataset_id") if (value := to.value(name)) is not None and value.text
        ]
        yield Key(
            KeyKind.FOREIGN,
            tuple(name for name in ours if name),
            TableName((*(part for part in above if part), table.text)),
            tuple(name for name in theirs if name),
            enforced=False,
            location=locate(source, table.span),
        )
