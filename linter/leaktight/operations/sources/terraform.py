"""Tables that Terraform makes: those of BigQuery and of AWS Glue's catalog."""

from __future__ import annotations

from collections.abc import Iterator

from leaktight.catalog.declaration import Container, Declaration, Origin
from leaktight.operations.file import FileView
from leaktight.operations.terraform import bigquery, glue
from leaktight.operations.terraform.bodies import NAMED_BY, Module, Resource, not_valid
from leaktight.operations.terraform.values import FileText, Reference

_READERS = {"google_bigquery_table": bigquery.read_table, "aws_glue_catalog_table": glue.read_table}


def read(view: FileView) -> Iterator[Declaration | Container]:
    """Yield each table of a file, and what its datasets, its variables and its local values are called.

    Raises `NotAnalysable` where a table, or all of the file, is no valid HCL.
    """
    source = view.source
    module = Module(source)
    broken = None
    found = False
    for type_, reader in _READERS.items():
        for resource in module.of_type(type_):
            found = True
            if resource.broken is not None:
                broken = broken or resource.broken
                continue
            table = reader(source, resource)
            if table is not None:
                columns_in, within = _elsewhere(source.path, resource)
                yield Declaration(table, Origin.INFRASTRUCTURE, columns_in, within)
    for type_, attribute in NAMED_BY.items():
        for resource in module.of_type(type_):
            name = resource.body.name(attribute)
            if name is not None and name.text:
                yield Container(_key(source.path, (type_, resource.name)), name.text)
    for key, text in module.names():
        yield Container(f"{source.path.rpartition('/')[0]}/{key}", text)
    if broken is None and not found and any(type_ in source.text for type_ in _READERS):
        broken = module.broken
    if broken is not None:
        raise not_valid(broken)


def _key(path: str, names: tuple[str, str]) -> str:
    """Give the key of a resource: all files of a folder are one module."""
    return f"{path.rpartition('/')[0]}/{names[0]}.{names[1]}"


def _elsewhere(path: str, resource: Resource) -> tuple[str, str]:
    """Give the path of the file that a table's columns stand in, and the key of its dataset; empty where they are here."""
    columns_in = within = ""
    schema = resource.body.value("schema")
    if schema is not None and isinstance(schema.data, FileText):
        columns_in = _joined(path.split("/")[:-1], schema.data.path)
    for attribute in ("dataset_id", "database_name"):
        above = resource.body.value(attribute)
        if above is not None and isinstance(above.data, Reference) and above.data.names[0] in NAMED_BY:
            within = _key(path, (above.data.names[0], above.data.names[1])) if len(above.data.names) == 3 else ""
    return columns_in, within


def _joined(folder: list[str], path: str) -> str:
    """Give where a path leads from a folder; nothing where it leads out of the project."""
    whole = list(folder)
    for part in path.split("/"):
        if part == ".." and not whole:
            return ""
        if part == "..":
            whole.pop()
        elif part not in ("", "."):
            whole.append(part)
    return "/".join(whole)
