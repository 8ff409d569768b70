"""Tables that Terraform makes: those of BigQuery and of AWS Glue's catalog."""

from __future__ import annotations

from collections.abc import Iterator

from leaktight.catalog.declaration import Declaration, Origin
from leaktight.operations.file import FileView
from leaktight.operations.terraform import bigquery, glue
from leaktight.operations.terraform.bodies import Module, not_valid

_READERS = {"google_bigquery_table": bigquery.read_table, "aws_glue_catalog_table": glue.read_table}


def read(view: FileView) -> Iterator[Declaration]:
    """Yield each table of a file. Raises `NotAnalysable` where a table, or all of the file, is no valid HCL."""
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
                yield Declaration(table, Origin.INFRASTRUCTURE)
    if broken is None and not found:
        broken = module.broken
    if broken is not None:
        raise not_valid(broken)
