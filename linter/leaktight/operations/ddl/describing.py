"""Comments of SQL Server: `EXEC sp_addextendedproperty 'MS_Description', 'text', 'SCHEMA', 'dbo', 'TABLE', 'orders', …`."""

from __future__ import annotations

from collections.abc import Iterator

from leaktight.catalog.change import AlterColumn, CommentTable, TableChange
from leaktight.catalog.table import TableName
from leaktight.languages.sql.ddl import Reader

_PROCEDURES = frozenset({"SP_ADDEXTENDEDPROPERTY", "SP_UPDATEEXTENDEDPROPERTY", "SP_DROPEXTENDEDPROPERTY"})
_PARAMETERS = (
    "name", "value", "level0type", "level0name", "level1type", "level1name", "level2type", "level2name",
)  # fmt: skip


def read_description(reader: Reader) -> Iterator[TableChange]:
    """Yield the comment that an extended property is, EXEC taken; nothing for a property of another name."""
    if reader.upper() == "SYS" and reader.upper(1) == ".":
        reader.at += 2
    place = reader.document.location(reader.span)
    procedure = reader.accept_any(_PROCEDURES)
    if not procedure:
        return
    said: dict[str, str] = {}
    parameters = [one for one in _PARAMETERS if procedure != "SP_DROPEXTENDEDPROPERTY" or one != "value"]
    for parameter, item in zip(parameters, reader.items(), strict=False):
        key, value = parameter, item.next()
        if value is not None and value.text == "@":
            value = item.next()
        if value is not None and item.accept("="):
            key, value = value.text.removeprefix("@").lower(), item.next()
        while value is not None and not value.string and not item.done:  # N'…'
            value = item.next()
        if value is not None and value.upper != "NULL":
            said[key] = value.text
    if said.get("name", "").upper() != "MS_DESCRIPTION" or said.get("level1type", "").upper() not in {"TABLE", "VIEW"}:
        return
    parts = (said.get("level0name"), said.get("level1name"))
    table = TableName(tuple(part for part in parts if part))
    comment = said.get("value", "")
    if said.get("level2type", "").upper() == "COLUMN":
        column = said.get("level2name", "")
        yield AlterColumn(table, column, comment=comment, location=place, dialect=reader.dialect)
    elif "level2type" not in said:
        yield CommentTable(table, comment or None, location=place, dialect=reader.dialect)
