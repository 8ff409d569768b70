"""What is proposed is of use, and what is called unused is of none: PostgreSQL's own plans say so."""

from __future__ import annotations

import json
import random
import re
from pathlib import Path

import pytest
import sqlalchemy
from preparing import Run, driven, execute

ROWS = 40_000
COLUMNS = {
    "client_id": "bigint NOT NULL",
    "product_id": "bigint NOT NULL",
    "basket": "uuid NOT NULL",
    "placed_at": "timestamptz NOT NULL",
    "total": "numeric(12,2) NOT NULL",
    "voucher": "varchar(20)",
}
VALUES = {
    "client_id": "(random() * 20000)::bigint",
    "product_id": "(random() * 8000)::bigint",
    "basket": "gen_random_uuid()",
    "placed_at": "now() - random() * interval '700 days'",
    "total": "(random() * 90000)::numeric(12,2)",
    "voucher": "md5(random()::text)::varchar(20)",
}
LITERALS = {
    "client_id": "17",
    "product_id": "23",
    "basket": "'7b0c5f0e-94a6-4f0a-b7d8-3a6cf4a1a111'",
    "voucher": "'abc'",
}
BOUNDS = {"placed_at": "placed_at > now() - interval '2 hours'", "total": "total > 89999"}


class Workload:
    """Tables with indexes, and queries of them, drawn by a seed."""

    def __init__(self, seed: int) -> None:
        draw = random.Random(seed)
        self.ddl: list[str] = []
        self.queries: list[tuple[str, str]] = []
        self.indexes: list[str] = []
        for number in range(5):
            self._table(f"orders_{number}", draw)

    def _table(self, table: str, draw: random.Random) -> None:
        columns = ", ".join(f"{name} {kind}" for name, kind in COLUMNS.items())
        self.ddl.append(f"CREATE TABLE {table} (id bigint PRIMARY KEY, {columns})")
        for number in range(2):
            name = f"{table}_at_{number}"
            chosen = draw.sample(sorted(COLUMNS), draw.choice((1, 2)))
            self.indexes.append(name)
            self.ddl.append(f"CREATE INDEX {name} ON {table} ({', '.join(chosen)})")
        for number in range(8):
            equal = draw.sample(sorted(LITERALS), draw.choice((1, 1, 2)))
            conditions = [f"{name} = {LITERALS[name]}" for name in equal]
            if draw.random() < 0.4:
                conditions.append(BOUNDS[draw.choice(sorted(BOUNDS))])
            order = " ORDER BY placed_at DESC LIMIT 20" if draw.random() < 0.3 else ""
            query = f"SELECT id, total FROM {table} WHERE {' AND '.join(conditions)}{order}"
            self.queries.append((f"api/{table}_{number}.sql", query))

    def write(self, root: Path) -> None:
        """Write the project."""
        (root / "api").mkdir()
        (root / "schema.sql").write_text("".join(f"{statement};\n" for statement in self.ddl), encoding="utf-8")
        (root / "leaktight.yaml").write_text("dialect: postgres\n", encoding="utf-8")
        for path, query in self.queries:
            (root / path).write_text(f"{query};\n", encoding="utf-8")

    def fill(self, url: str) -> None:
        """Make the tables, with rows."""
        execute(driven(url), ";".join(self.ddl))
        names, values = ", ".join(VALUES), ", ".join(VALUES.values())
        tables = [statement.split()[2] for statement in self.ddl if statement.startswith("CREATE TABLE")]
        execute(
            driven(url),
            ";".join(
                f"INSERT INTO {table} (id, {names}) SELECT n, {values} FROM generate_series(1, {ROWS}) AS n; ANALYZE {table}"
                for table in tables
            ),
        )


def plans(url: str, queries: list[tuple[str, str]]) -> dict[str, set[str]]:
    """Give the indexes in the plan of each query, by the path of the query."""
    engine = sqlalchemy.create_engine(driven(url), poolclass=sqlalchemy.pool.NullPool)
    found = {}
    with engine.connect() as connection:
        for path, query in queries:
            rows = connection.exec_driver_sql(f"EXPLAIN {query.replace('%', '%%')}").fetchall()
            text = "\n".join(str(row[0]) for row in rows)
            found[path] = set(re.findall(r"(?:using|Bitmap Index Scan on|Scan Backward using) (\w+)", text))
    engine.dispose()
    return found


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_plans_use_what_is_proposed_and_not_what_is_called_unused(postgres: str, run: Run, seed: int) -> None:
    workload = Workload(seed)
    workload.write(run.root)
    workload.fill(postgres)
    answer = run("advise", "index", "--output-format", "json", "--no-cache")
    proposals = json.loads(answer.stdout)
    missing = [item for item in proposals if item["rule"] == "missing-index"]
    unused = [item for item in proposals if item["rule"] == "unused-index"]
    prefixes = [item for item in proposals if item["rule"] == "unused-index-prefix"]
    assert missing, answer.stderr
    assert unused or prefixes, answer.stderr

    before = plans(postgres, workload.queries)
    for item in (*unused, *prefixes):
        dropped = next(statement for statement in item["statements"] if statement.startswith("DROP INDEX"))
        name = dropped.rpartition(" ")[2].rpartition(".")[2]
        assert name in workload.indexes
        assert not any(name in used for used in before.values()), name

    created = {}
    for item in missing:
        (statement,) = item["statements"]
        created[statement.split()[3]] = {evidence["path"] for evidence in item["evidence"]}
        execute(driven(postgres), statement.replace("CONCURRENTLY ", ""))
    tables = {statement.split()[2] for statement in workload.ddl if statement.startswith("CREATE TABLE")}
    execute(driven(postgres), ";".join(f"ANALYZE {table}" for table in tables))
    after = plans(postgres, workload.queries)
    for name, paths in created.items():
        assert any(name in after[path] for path in paths), name
