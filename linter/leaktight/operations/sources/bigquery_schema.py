"""The columns of a BigQuery table in JSON, as its tools take them: a list of fields, which Terraform refers to."""

from __future__ import annotations

from collections.abc import Iterator

from leaktight.catalog.declaration import Listing
from leaktight.lazy import regex
from leaktight.operations.file import FileView
from leaktight.source import NotAnalysable

_SIGN = regex(r'\A\s*\[\s*\{\s*"[A-Za-z]{1,40}"\s*:')
_LARGEST = 1_000_000


def read(view: FileView) -> Iterator[Listing]:
    """Yield the columns, if the file is such a list; what else begins like one is left alone."""
    source = view.source
    if len(source.text) > _LARGEST or not _SIGN.match(source.text):
        return
    from leaktight.operations.terraform.bigquery import schema_of
    from leaktight.operations.terraform.hcl import Hcl
    from leaktight.operations.terraform.values import Value

    try:
        value = Hcl.expression(source.text).only_value(lambda reference, span, _: Value(reference, span))
    except NotAnalysable:
        return
    columns, complete = schema_of(source, value)
    if columns and all(column.type is not None for column in columns.values()):
        yield Listing(source.path, columns, complete)
