"""Which dialect the folders of a project are written in."""

from __future__ import annotations

from leaktight.operations.dialects import Votes
from leaktight.operations.project import Project


def test_a_folder_of_migrations_has_a_dialect_of_its_own() -> None:
    votes = Votes()
    for number in range(9):
        votes.count(
            f"packages/shared/clickhouse/migrations/{number}.up.sql",
            b"create table t (a Nullable(String)) engine = MergeTree",
        )
        votes.count(
            f"packages/shared/prisma/migrations/{number}_a/migration.sql",
            b"alter table t add column a timestamptz[] default now()",
        )
    project = Project(dialect_hints=votes.winners())
    assert project.dialect_hint("packages/shared/prisma/migrations/99_b/migration.sql") == "postgres"
    assert project.dialect_hint("packages/shared/clickhouse/migrations/99.up.sql") == "clickhouse"
