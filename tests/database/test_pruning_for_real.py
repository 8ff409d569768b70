"""Which predicates let an engine skip partitions, seen in the plans of the servers themselves."""

from __future__ import annotations

import pytest
import sqlalchemy
from preparing import driven, execute

from leaktight.catalog.pruning import Against, Bound, verdict
from leaktight.catalog.table import Partitioning

CONSTANT, QUERY, VOLATILE = Against.CONSTANT, Against.QUERY, Against.VOLATILE
DAY = "'2024-02-10'"
BY_TIME = (
    "RANGE (ts)",
    (("'2024-01-01'", "'2024-02-01'"), ("'2024-02-01'", "'2024-03-01'"), ("'2024-03-01'", "'2024-04-01'")),
)
BY_DATE = "RANGE (date(ts))", BY_TIME[1]
BY_BOTH = "RANGE (region, ts)", tuple((f"{n}, '2024-01-01'", f"{n + 1}, '2024-01-01'") for n in (1, 2, 3))
CASES = (
    (BY_TIME, f"ts >= {DAY}", Bound("ts", CONSTANT)),
    (BY_TIME, f"ts >= (select timestamp {DAY})", Bound("ts", QUERY)),
    (BY_TIME, f"ts > clock_timestamp()::timestamp - (now() - timestamp {DAY})", Bound("ts", VOLATILE)),
    (BY_TIME, f"date(ts) = {DAY}", Bound("ts", CONSTANT, ("DATE",), "date(ts)")),
    (BY_TIME, f"date_trunc('day', ts) = {DAY}", Bound("ts", CONSTANT, ("DATE_TRUNC",), "date_trunc('day', ts)")),
    (BY_TIME, f"ts + interval '1 day' > {DAY}", Bound("ts", CONSTANT, ("ADD",), "ts + interval '1 day'")),
    (BY_DATE, f"date(ts) = {DAY}", Bound("ts", CONSTANT, ("DATE",), "date(ts)")),
    (BY_DATE, f"ts = {DAY}", Bound("ts", CONSTANT)),
    (BY_BOTH, "region = 2", Bound("region", CONSTANT)),
    (BY_BOTH, f"ts >= {DAY}", Bound("ts", CONSTANT)),
)


@pytest.mark.parametrize(("cut", "where", "bound"), CASES, ids=[f"{cut[0]}: {where}" for cut, where, _ in CASES])
def test_postgres(postgres: str, cut: tuple[str, tuple[tuple[str, str], ...]], where: str, bound: Bound) -> None:
    key, parts = cut
    made = [f"CREATE TABLE t (ts TIMESTAMP, region INT) PARTITION BY {key}"]
    made += [
        f"CREATE TABLE t{n} PARTITION OF t FOR VALUES FROM ({low}) TO ({high})" for n, (low, high) in enumerate(parts)
    ]
    execute(driven(postgres), ";".join(made))
    engine = sqlalchemy.create_engine(driven(postgres), poolclass=sqlalchemy.pool.NullPool)
    with engine.connect() as ours:
        plan = list(ours.exec_driver_sql(f"EXPLAIN (ANALYZE, COSTS OFF) SELECT * FROM t WHERE {where}").scalars())
    engine.dispose()
    scans = [line for line in plan if "Scan on t" in line and "never executed" not in line]
    assert verdict("postgres", Partitioning((bound.column,), key, "range"), bound).prunes is (len(scans) < len(parts))


BY_YEAR, BY_MONTH, BY_DAYS = "RANGE (YEAR(ts))", "RANGE (MONTH(ts))", "RANGE (TO_DAYS(ts))"
LESS_THAN = {
    BY_YEAR: ("2023", "2024", "2025"),
    BY_MONTH: ("2", "3", "13"),
    BY_DAYS: ("TO_DAYS('2024-01-01')", "TO_DAYS('2024-03-01')", "TO_DAYS('2025-01-01')"),
}
ON_MYSQL = (
    (BY_YEAR, "ts >= '2024-05-01'", Bound("ts", CONSTANT)),
    (BY_DAYS, "ts < '2023-05-01'", Bound("ts", CONSTANT)),
    (BY_DAYS, "ts + INTERVAL 1 DAY < '2023-05-01'", Bound("ts", CONSTANT, ("ADD",), "ts + interval 1 day")),
    (BY_MONTH, "ts = '2024-02-10 00:00:00'", Bound("ts", CONSTANT, equality=True)),
    (BY_MONTH, "ts >= '2024-02-10'", Bound("ts", CONSTANT)),
)


@pytest.mark.parametrize(("key", "where", "bound"), ON_MYSQL, ids=[f"{key}: {where}" for key, where, _ in ON_MYSQL])
def test_mariadb(mysql: str, key: str, where: str, bound: Bound) -> None:
    parts = ", ".join(f"PARTITION p{n} VALUES LESS THAN ({limit})" for n, limit in enumerate(LESS_THAN[key]))
    execute(driven(mysql), f"CREATE TABLE t (ts DATETIME NOT NULL) ENGINE = InnoDB PARTITION BY {key} ({parts})")
    engine = sqlalchemy.create_engine(driven(mysql), poolclass=sqlalchemy.pool.NullPool)
    with engine.connect() as ours:
        (plan,) = ours.exec_driver_sql(f"EXPLAIN PARTITIONS SELECT * FROM t WHERE {where}").mappings()
    engine.dispose()
    read = (plan["partitions"] or "").split(",")
    assert verdict("mysql", Partitioning(("ts",), key, "range"), bound).prunes is (len(read) < len(LESS_THAN[key]))
