"""What a path says of its file."""

from __future__ import annotations

import pytest

from leaktight.context import path_context


@pytest.mark.parametrize(
    "path",
    [
        "src/test-configs/database.ts",
        "src/test_helpers/clean.py",
        "tests/a.py",
        "api/orders.spec.ts",
        "api/orders.test.sql",
        "api/answers.eval.ts",
        "test_a.py",
        "t/sql/orders.sql",
    ],
)
def test_tests(path: str) -> None:
    assert path_context(path).test


@pytest.mark.parametrize(
    "path",
    [
        "benchmarks/tpch.sql",
        "benches/count.py",
        "docs/demos/a.py",
        "app/mock-orders.sql",
        "db/seeds/a.sql",
        "db/InsertTestData.sql",
        "testdata.sql",
        "scripts/lake-fixtures/orders.sql",
        "popx/stubs/0001.sql",
        "migration/test-files/postgres.sql",
        "app/load_test_data.py",
        "db/tenant-demo-backups/a.sql",
        "db/old-schema-files/a.sql",
    ],
)
def test_fixtures(path: str) -> None:
    assert path_context(path).fixture


@pytest.mark.parametrize(
    "path",
    [
        "db/demography/a.sql",
        "workbench/a.sql",
        "app/mocked.py",
        "db/latest_data.sql",
        "app/latestdata.py",
        "backups/migrations/0001.py",
        "app/goldschema/a.sql",
    ],
)
def test_no_fixtures(path: str) -> None:
    assert not path_context(path).fixture


@pytest.mark.parametrize(
    "path",
    [
        "db/updates/2025-12-07-tables.sql",
        "app/commands/migrate_users.py",
        "migrations/a.sql",
        "db/V2__a.sql",
        "hive/V2__a.hql",
        "db/data-migrations/fill.sql",
        "scripts/migration-from-v2.sql",
        "cmd/bridge/legacymigrate.sql",
        "server/db/patches/0042.sql",
        "db/patch/42-orders.sql",
        "sql/Release_patches/27.0_To_28.0_upgrade.sql",
        "src/Shop.Database/Migrations/4.diff.sql",
    ],
)
def test_migrations(path: str) -> None:
    assert path_context(path).migration


@pytest.mark.parametrize(
    "path", ["src/latest-configs/database.ts", "ab_test_results/load.py", "src/testify.py", "art/orders.sql"]
)
def test_no_tests(path: str) -> None:
    assert not path_context(path).test


@pytest.mark.parametrize(
    "path",
    ["workshops/relational-migration/load.py", "immigration/a.sql", "app/migrations_view.py", "patches/readme.sql"],
)
def test_no_migrations(path: str) -> None:
    assert not path_context(path).migration
