"""The resource `aws_glue_catalog_table`."""

from __future__ import annotations

from leaktight.catalog.table import Column, Partitioning, Table, TableName
from leaktight.diagnostics import Location, locate
from leaktight.operations.terraform.bodies import Body, Resource
from leaktight.operations.terraform.values import Value
from leaktight.source import Source

_KINDS = {"EXTERNAL_TABLE": "external", "VIRTUAL_VIEW": "view", "MANAGED_TABLE": "table"}


def read_table(source: Source, resource: Resource) -> Table | None:
    """Read a resource; None where a run alone tells the table's name. A database that is not known is left off."""
    body = resource.body
    name, database = body.name("name"), body.name("database_name")
    count = body.value("count")
    if name is None or not name.text or (count is not None and count.number == 0):
        return None
    storage = body.block("storage_descriptor")
    columns: dict[str, Column] = {}
    complete = storage is not None and _columns(source, storage, "columns", columns)
    inner = len(columns)
    complete = _columns(source, body, "partition_keys", columns) and complete
    parts = list(columns.values())[inner:]
    partitioning = None
    if parts:
        names = tuple(column.name for column in parts)
        partitioning = Partitioning(names, ", ".join(names), "hive", location=parts[0].location)
    kind, parameters = body.value("table_type"), body.value("parameters")
    comment = body.value("description") or _parameter(parameters, "comment")
    owner, kept = body.value("owner"), body.value("retention")
    facts = {"comment": comment, "owner": owner, "retention": kept}
    above = (database.text,) if database is not None and database.text else ()
    return Table(
        TableName((*above, name.text)),
        columns,
        partitioning=partitioning,
        kind=_KINDS.get((kind.text or "").upper() if kind is not None else "", "external"),
        complete=complete and bool(columns) and not body.drifts("storage_descriptor", "partition_keys"),
        dialect="athena",
        comment=comment.text if comment is not None else None,
        location=locate(source, name.span),
        owner=owner.text if owner is not None else None,
        retention=f"{kept.number} days" if kept is not None and kept.number else None,
        places=_places(source, facts),
    )


def _columns(source: Source, body: Body, block: str, into: dict[str, Column]) -> bool:
    """Take in the columns of blocks of a name; say whether they are all there are."""
    found = body.blocks(block)
    complete = found is not None
    for one in found or ():
        name, type_, comment = (one.value(attribute) for attribute in ("name", "type", "comment"))
        if name is None or not name.text:
            complete = False
            continue
        into.setdefault(
            name.text.lower(),
            Column(
                name.text,
                type_.text.upper() if type_ is not None and type_.text else None,
                comment=comment.text if comment is not None else None,
                location=locate(source, name.span),
                places=_places(source, {"type": type_, "comment": comment}),
            ),
        )
    return complete


def _parameter(parameters: Value | None, name: str) -> Value | None:
    return parameters.member(name) if parameters is not None else None


def _places(source: Source, facts: dict[str, Value | None]) -> dict[str, Location]:
    return {fact: locate(source, value.span) for fact, value in facts.items() if value is not None}
