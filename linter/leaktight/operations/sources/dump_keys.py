"""Keys and indexes from the other views of `information_schema`: constraints, their columns, MySQL's statistics."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from leaktight.catalog.table import Index, Key, KeyKind, TableName
from leaktight.operations.ddl.constraints import UNENFORCED
from leaktight.operations.sources.dump_rows import Row, place_in, table_name
from leaktight.source import Source

_KINDS = {"PRIMARY KEY": KeyKind.PRIMARY, "UNIQUE": KeyKind.UNIQUE, "FOREIGN KEY": KeyKind.FOREIGN}

_Id = tuple[str, str, str]


def keys_of(source: Source, views: Mapping[str, Sequence[Row]], dialect: str) -> dict[tuple[str, ...], tuple[Key, ...]]:
    """Give the keys of each table, by its folded name."""
    kinds = {_id(row): row.text("constraint_type") for row in views.get("table_constraints", ())}
    targets = {_id(row): _unique(row) for row in views.get("referential_constraints", ())}
    parts: dict[_Id, list[Row]] = {}
    for row in views.get("key_column_usage", ()):
        parts.setdefault(_id(row) if row.text("constraint_type") is None else _id_in_table(row), []).append(row)
    found: dict[tuple[str, ...], list[Key]] = {}
    for identity, rows in parts.items():
        rows.sort(key=lambda row: row.number("ordinal_position") or 0)
        first = rows[0]
        table = table_name(first)
        kind = _kind(kinds.get(identity) or first.text("constraint_type"), first, targets.get(identity))
        columns = _columns(rows, "column_name")
        if table is None or kind is None or not columns:
            continue
        to: TableName | None = None
        referenced: tuple[str, ...] = ()
        if kind is KeyKind.FOREIGN:
            to, referenced = _references(first, rows, parts.get(targets.get(identity) or identity, ()))
            if to is None:
                continue
        name = first.text("constraint_name")
        place = place_in(source, first, name or "")
        key = Key(kind, columns, to, referenced, dialect not in UNENFORCED, place, None if name == "PRIMARY" else name)
        found.setdefault(table.folded, []).append(key)
    return {name: tuple(keys) for name, keys in found.items()}


def _kind(said: str | None, row: Row, target: _Id | None) -> KeyKind | None:
    if said is not None:
        return _KINDS.get(said.upper())
    if target is not None or row.text("referenced_table_name") is not None:
        return KeyKind.FOREIGN
    return KeyKind.PRIMARY if row.text("constraint_name") == "PRIMARY" else None


def _references(first: Row, rows: Sequence[Row], unique: Sequence[Row]) -> tuple[TableName | None, tuple[str, ...]]:
    """Give what a foreign key points at: MySQL says it in the same row, elsewhere it is another constraint."""
    named = first.text("referenced_table_name")
    if named is not None:
        above = (first.text("referenced_table_catalog"), first.text("referenced_table_schema"))
        return TableName((*(part for part in above if part), named)), _columns(rows, "referenced_column_name")
    if not unique or unique is rows:
        return None, ()
    by_position = {row.number("ordinal_position"): row for row in unique}
    told = [by_position.get(row.number("position_in_unique_constraint")) for row in rows]
    ordered = [row for row in told if row is not None]
    return table_name(unique[0]), _columns(ordered if len(ordered) == len(rows) else list(unique), "column_name")


def _columns(rows: Iterable[Row], member: str) -> tuple[str, ...]:
    return tuple(name for row in rows if (name := row.text(member)) is not None)


def _id(row: Row) -> _Id:
    """Give what tells a constraint from others. MySQL calls each table's primary key `PRIMARY`."""
    name = (row.text("constraint_name") or "").lower()
    table = (row.text("table_name") or "").lower() if name == "primary" else ""
    return (row.text("constraint_schema", "table_schema") or "").lower(), table, name


def _id_in_table(row: Row) -> _Id:
    """Give what tells a constraint from others where a row says all of it. Postgres lets two tables use one name."""
    schema, _, name = _id(row)
    return schema, (row.text("table_name") or "").lower(), name


def _unique(row: Row) -> _Id | None:
    name = row.text("unique_constraint_name")
    schema = row.text("unique_constraint_schema", "constraint_schema") or ""
    # MySQL's PRIMARY is one of many: what it points at stands in the rows of its columns.
    return (schema.lower(), "", name.lower()) if name is not None and name != "PRIMARY" else None


def indexes_of(source: Source, rows: Iterable[Row], dialect: str) -> dict[tuple[str, ...], tuple[Index, ...]]:
    """Give the indexes of each table by its folded name: from MySQL's `statistics`, or from the DDL of each."""
    parts: dict[tuple[tuple[str, ...], str], list[Row]] = {}
    found: dict[tuple[str, ...], list[Index]] = {}
    for row in rows:
        table, name, ddl = table_name(row), row.text("index_name"), row.text("index_ddl")
        if table is None or name is None or name == "PRIMARY":
            continue
        if ddl is None:
            parts.setdefault((table.folded, name), []).append(row)
            continue
        from leaktight.operations.declared import declared_index

        index = declared_index(ddl, dialect)
        if index is not None:
            method = None if index.method == "btree" else index.method
            index = replace(index, name=name, method=method, location=place_in(source, row, name))
            found.setdefault(table.folded, []).append(index)
    for (folded, name), of_index in parts.items():
        of_index.sort(key=lambda row: row.number("seq_in_index") or 0)
        columns = tuple(c for row in of_index if (c := row.text("column_name", "expression")) is not None)
        if len(columns) != len(of_index):
            continue  # an expression that the view does not tell
        method = (of_index[0].text("index_type") or "").lower() or None
        index = Index(
            name,
            columns,
            of_index[0].flag("non_unique") is False,
            of_index[0].text("predicate"),
            None if method == "btree" else method,
            location=place_in(source, of_index[0], name),
        )
        found.setdefault(folded, []).append(index)
    return {name: tuple(indexes) for name, indexes in found.items()}
