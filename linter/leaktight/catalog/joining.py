"""The tables that join two models: they are called after the model that has the field, and so change with it."""

from __future__ import annotations

from dataclasses import replace

from leaktight.catalog.renaming import renamed
from leaktight.catalog.table import Table, TableName


def model_of(table: Table) -> str:
    """Give the model whose field a joining table stands for; `""` if it is none."""
    return (table.model or "").partition(".")[0] if "." in (table.model or "") else ""


def named_after(table: Table, model: Table) -> Table:
    """Give a joining table its name, where that follows from the name of its model's table."""
    owner, _, field = (table.model or "").partition(".")
    return replace(table, name=_joined(model.name, field)) if table.name.name == f"{owner}_{field}" else table


def with_model_renamed(table: Table, before: Table, after: Table) -> Table:
    """Give a joining table as it is once its model, or the table of that, has another name."""
    field = (table.model or "").partition(".")[2]
    old, new = before.model or before.name.name.lower(), after.model or after.name.name.lower()
    name = _joined(after.name, field) if table.name.folded == _joined(before.name, field).folded else table.name
    return replace(with_column_of(table, old, new), name=name, model=f"{new}.{field}")


def with_field_renamed(table: Table, to: str) -> Table:
    """Give a joining table as it is once its field has another name; `to` is that with the model's."""
    before, after = (table.model or "").partition(".")[2], to.partition(".")[2]
    name, ending = table.name, f"_{before}"
    if name.name.endswith(ending):
        name = TableName((*name.parts[:-1], name.name.removesuffix(ending) + f"_{after}"))
    return replace(table, name=name, model=to)


def with_column_of(table: Table, old: str, new: str) -> Table:
    """Give a joining table with the columns that are called after a model called after its new name."""
    for column in list(table.columns.values()):
        stem = column.name.removesuffix("_id")
        stem = stem.removeprefix("from_").removeprefix("to_") if stem.startswith(("from_", "to_")) else stem
        if column.name.endswith("_id") and stem and old.endswith(f"_{stem}"):
            to = new[len(old) - len(stem) :]
            if to and new[: len(old) - len(stem)] == old[: len(old) - len(stem)]:
                table = renamed(table, column.name.lower(), column.name.replace(stem, to))
    return table


def _joined(name: TableName, field: str) -> TableName:
    return TableName((*name.parts[:-1], f"{name.name}_{field}"))
