"""Secrets that stand in code: passwords and keys given to a connection, in a URL, or to the SQL that loads and grants."""

from __future__ import annotations

from collections.abc import Iterator

from leaktight.context import path_context
from leaktight.languages.document import Document
from leaktight.operations.credentials.secret import Credential
from leaktight.source import Language

__all__ = ["Credential", "credentials"]


def credentials(document: Document) -> Iterator[Credential]:
    """Yield the secrets that stand as literals in a document of any language; none of what only tests or shows."""
    path = path_context(document.source.path)
    if path.test or path.fixture:
        return
    if document.region.language is Language.SQL:
        from leaktight.languages.sql.document import SqlDocument
        from leaktight.operations.credentials.sql import credentials_in_sql

        assert isinstance(document, SqlDocument)
        yield from credentials_in_sql(document)
    elif document.region.language is Language.PYTHON:
        from leaktight.languages.python.document import PythonDocument
        from leaktight.operations.credentials.python import credentials_in_python

        assert isinstance(document, PythonDocument)
        yield from credentials_in_python(document)
    else:
        from leaktight.languages.javascript.document import JavascriptDocument
        from leaktight.operations.credentials.javascript import credentials_in_javascript

        assert isinstance(document, JavascriptDocument)
        yield from credentials_in_javascript(document)
