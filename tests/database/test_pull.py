"""What is pulled from an engine is what its DDL says."""

from __future__ import annotations

from pathlib import Path

import pytest
from tables import catalog_of_file, described

from leaktight.catalog.table import Table
from leaktight.database.address import address_of
from leaktight.database.pull import Pulled, pulled
from leaktight.database.snapshot import snapshot_text
from leaktight.operations.sources.snapshot import snapshot_tables
from leaktight.source import Language, Source

SHOP = Path(__file__).parents[1] / "catalog" / "shop_sources" / "live"
ENGINES = ("postgres", "duckdb", "sqlite", "mysql")


def read_back(found: Pulled) -> dict[str, Table]:
    text = snapshot_text(found.engine, found.database, found.tables)
    return {str(table.name): table for table in snapshot_tables(Source("catalog/shop.yaml", text, Language.YAML))}


@pytest.mark.parametrize(("database", "engine"), [(name, name) for name in ENGINES], indirect=["database"], ids=ENGINES)
def test_the_shop_is_what_its_ddl_says(database: str, engine: str) -> None:
    said = catalog_of_file(SHOP / f"{engine}.sql", engine)
    found = read_back(pulled(address_of(database)))
    assert found.keys() == said.keys()
    for name, table in said.items():
        assert described(found[name], engine) == described(table, engine)
        assert found[name].complete
        assert found[name].dialect == engine


@pytest.mark.parametrize(("database", "engine"), [(name, name) for name in ENGINES], indirect=["database"], ids=ENGINES)
def test_two_pulls_are_the_same_text(database: str, engine: str) -> None:
    one, two = pulled(address_of(database)), pulled(address_of(database))
    texts = [snapshot_text(item.engine, item.database, item.tables, statistics=False) for item in (one, two)]
    assert texts[0] == texts[1]
    assert "statistics:" not in texts[0]
