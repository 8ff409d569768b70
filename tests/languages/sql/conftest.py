"""SQL parsed as the engine does it, without a catalog."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from leaktight.catalog.catalog import Catalog
from leaktight.context import path_context
from leaktight.languages.sql.document import SqlDocument, parse_sql
from leaktight.source import Language, Region, Source

Parse = Callable[..., SqlDocument]


@pytest.fixture(scope="session")
def parse() -> Parse:
    def parsed(text: str, dialect: str = "") -> SqlDocument:
        source = Source("a.sql", text, Language.SQL)
        return parse_sql(Region.whole(source), source, dialect, Catalog(), path_context("a.sql"))

    return parsed
