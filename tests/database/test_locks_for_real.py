"""What the table of locks says, seen on the servers themselves: what is locked for a change, and what is done to the rows."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy
from preparing import driven, execute
from sqlalchemy import Connection, Engine

from leaktight.catalog.locks import FACTS, Deed, Fact, fact
from leaktight.operations.migrating import deeds

ROWS = 100
POSTGRES = f"""
CREATE TABLE customers (customer_id BIGINT PRIMARY KEY, email TEXT NOT NULL);
CREATE TABLE orders (number INT, note TEXT, customer_id BIGINT, part INT4RANGE, kept INT NOT NULL CONSTRAINT known CHECK (kept > 0));
CREATE INDEX orders_note ON orders (note);
CREATE TABLE keyed (id INT PRIMARY KEY);
CREATE DOMAIN amount AS INT;
CREATE TABLE prices (price amount);
CREATE TABLE days (day DATE) PARTITION BY RANGE (day);
CREATE TABLE days_2020 PARTITION OF days FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
INSERT INTO prices SELECT n FROM generate_series(1, {ROWS}) n;
INSERT INTO customers SELECT n, n FROM generate_series(1, {ROWS}) n;
INSERT INTO orders SELECT n, n, n, int4range(n, n + 1), n FROM generate_series(1, {ROWS}) n
"""
ON_POSTGRES = {
    Deed.ADD_COLUMN: "ALTER TABLE orders ADD COLUMN region TEXT",
    Deed.ADD_DEFAULT: "ALTER TABLE orders ADD COLUMN seen TIMESTAMPTZ NOT NULL DEFAULT now()",
    Deed.ADD_VOLATILE: "ALTER TABLE orders ADD COLUMN seen TIMESTAMPTZ DEFAULT clock_timestamp()",
    Deed.ADD_STORED: "ALTER TABLE orders ADD COLUMN twice INT GENERATED ALWAYS AS (number * 2) STORED",
    Deed.ADD_COUNTED: "ALTER TABLE orders ADD COLUMN line BIGINT GENERATED ALWAYS AS IDENTITY",
    Deed.DROP_COLUMN: "ALTER TABLE orders DROP COLUMN note",
    Deed.DROP_TABLE: "DROP TABLE orders",
    Deed.RENAME: "ALTER TABLE orders RENAME TO sales",
    Deed.CHANGE_TYPE: "ALTER TABLE orders ALTER COLUMN number TYPE BIGINT",
    Deed.SET_NOT_NULL: "ALTER TABLE orders ALTER COLUMN number SET NOT NULL",
    Deed.ADD_INDEX: "CREATE UNIQUE INDEX orders_number ON orders (number)",
    Deed.DROP_INDEX: "DROP INDEX orders_note",
    Deed.ADD_FOREIGN_KEY: "ALTER TABLE orders ADD FOREIGN KEY (customer_id) REFERENCES customers",
    Deed.ADD_CHECK: "ALTER TABLE orders ADD CHECK (number > 0)",
    Deed.ADD_UNIQUE: "ALTER TABLE orders ADD UNIQUE (number)",
    Deed.ADD_EXCLUSION: "ALTER TABLE orders ADD EXCLUDE USING gist (part WITH &&)",
    Deed.ADD_PRIMARY_KEY: "ALTER TABLE orders ADD PRIMARY KEY (number)",
    Deed.DROP_CONSTRAINT: "ALTER TABLE orders DROP CONSTRAINT known",
    Deed.DROP_PRIMARY_KEY: "ALTER TABLE keyed DROP CONSTRAINT keyed_pkey",
    Deed.DROP_NOT_NULL: "ALTER TABLE orders ALTER COLUMN kept DROP NOT NULL",
    Deed.DETACH_PARTITION: "ALTER TABLE days DETACH PARTITION days_2020",
    Deed.REINDEX: "REINDEX TABLE orders",
    Deed.REBUILD: "CLUSTER orders USING orders_note",
    Deed.RESTRICT_DOMAIN: "ALTER DOMAIN amount ADD CONSTRAINT positive CHECK (value > 0)",
}
OF_OTHERS = {" keyed ": "keyed", " days ": "days", "DOMAIN": "prices"}
"""By what a statement holds: the table that is looked at, where that is not `orders`."""
LIGHT_ON_POSTGRES = (
    ("ALTER TABLE orders ADD FOREIGN KEY (customer_id) REFERENCES customers NOT VALID", ""),
    ("ALTER TABLE orders ADD CHECK (number > 0) NOT VALID", ""),
    ("ALTER TABLE orders ADD CONSTRAINT one UNIQUE USING INDEX one", "CREATE UNIQUE INDEX one ON orders (number)"),
    ("ALTER TABLE orders ADD COLUMN twice INT REFERENCES keyed", ""),
    (
        "ALTER TABLE orders ALTER COLUMN number SET NOT NULL",
        "ALTER TABLE orders ADD CONSTRAINT told CHECK (number IS NOT NULL)",
    ),
)
VALIDATED = "ALTER TABLE orders ADD CONSTRAINT later CHECK (number > 0) NOT VALID"


@pytest.fixture
def shop(postgres: str) -> Iterator[Engine]:
    execute(driven(postgres), POSTGRES)
    engine = sqlalchemy.create_engine(driven(postgres), poolclass=sqlalchemy.pool.NullPool)
    yield engine
    engine.dispose()


class Seen:
    """A statement run in a transaction that stays open: the strongest lock it holds, whom that blocks, and the work it did."""

    def __init__(self, engine: Engine, statement: str) -> None:
        self.table = next((table for part, table in OF_OTHERS.items() if part in statement), "orders")
        with engine.connect() as ours, engine.connect() as other:
            oid = ours.exec_driver_sql(f"SELECT '{self.table}'::regclass::oid").scalar_one()
            before, files = self._read(ours), self._files(ours)
            ours.exec_driver_sql(statement)
            held = ours.exec_driver_sql(
                f"SELECT mode FROM pg_locks WHERE pid = pg_backend_pid() AND relation = {oid}"
            ).scalars()
            self.lock = max((_NAMES[mode] for mode in held), key=_STRENGTH.index)
            self.blocks = self._blocked(other)
            now = self._files(ours)
            made = {name for name in now if now[name] not in files.values()}
            read = self._read(ours) - before
            self.work = "rewrites" if self.table in made else "builds" if made else "reads" if read else ""
            ours.rollback()

    def _blocked(self, other: Connection) -> str:
        blocked = []
        for what, mode in (("reads", "ACCESS SHARE"), ("writes", "ROW EXCLUSIVE")):
            try:
                other.exec_driver_sql(f"LOCK TABLE {self.table} IN {mode} MODE NOWAIT")
            except sqlalchemy.exc.OperationalError:
                blocked.append(what)
            other.rollback()
        return " and ".join(blocked)

    def _read(self, ours: Connection) -> int:
        return int(
            ours.exec_driver_sql(
                "SELECT coalesce(sum(seq_tup_read), 0) FROM pg_stat_xact_user_tables"
                f" WHERE relname IN ('{self.table}', 'sales')"
            ).scalar_one()
        )

    def _files(self, ours: Connection) -> dict[str, int]:
        found = ours.exec_driver_sql(
            "SELECT relname, relfilenode FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'i')"
        )
        return {str(name): int(number) for name, number in found}


_STRENGTH = ("ACCESS SHARE", "ROW SHARE", "SHARE UPDATE EXCLUSIVE", "SHARE", "SHARE ROW EXCLUSIVE", "ACCESS EXCLUSIVE")
_NAMES = {f"{''.join(word.capitalize() for word in name.split())}Lock": name for name in _STRENGTH}


def test_every_fact_of_postgres_is_tried() -> None:
    assert {one.deed for one in FACTS if one.engine == "postgres"} == set(ON_POSTGRES)


@pytest.mark.parametrize("deed", ON_POSTGRES)
def test_what_postgres_locks_and_does(shop: Engine, deed: Deed) -> None:
    with shop.connect() as asked:
        version = int(asked.exec_driver_sql("SHOW server_version_num").scalar_one()) // 10_000
    said = fact("postgres", deed, {"postgres": (version,)})
    assert said is not None
    seen = Seen(shop, ON_POSTGRES[deed])
    assert (seen.lock, seen.work) == (said.lock, said.work)
    assert seen.blocks == said.blocks


@pytest.mark.parametrize(("statement", "before"), LIGHT_ON_POSTGRES)
def test_the_ways_of_postgres_that_touch_no_row(shop: Engine, statement: str, before: str) -> None:
    with shop.begin() as ours:
        if before:
            ours.exec_driver_sql(before)
    assert Seen(shop, statement).work == ""


def test_a_domain_is_restricted_by_not_null_in_the_same_way(shop: Engine) -> None:
    seen = Seen(shop, "ALTER DOMAIN amount SET NOT NULL")
    assert (seen.lock, seen.blocks, seen.work) == ("SHARE", "writes", "reads")


def test_a_restriction_of_a_domain_that_is_not_valid_locks_no_table(shop: Engine) -> None:
    with shop.connect() as ours:
        ours.exec_driver_sql("ALTER DOMAIN amount ADD CONSTRAINT positive CHECK (value > 0) NOT VALID")
        held = "SELECT count(*) FROM pg_locks WHERE pid = pg_backend_pid() AND relation = 'prices'::regclass"
        assert ours.exec_driver_sql(held).scalar_one() == 0


@pytest.mark.parametrize("statement", ["VACUUM FULL orders", "VACUUM (FULL, ANALYZE) orders"])
def test_vacuum_full_waits_for_readers_and_writes_the_table_anew(shop: Engine, statement: str) -> None:
    alone = shop.execution_options(isolation_level="AUTOCOMMIT")
    with alone.connect() as ours, shop.connect() as reader:
        file = "SELECT pg_relation_filenode('orders')"
        before = ours.exec_driver_sql(file).scalar_one()
        ours.exec_driver_sql("SET lock_timeout = '200ms'")
        reader.exec_driver_sql("LOCK TABLE orders IN ACCESS SHARE MODE")
        with pytest.raises(sqlalchemy.exc.OperationalError, match="lock timeout"):
            ours.exec_driver_sql(statement)
        reader.rollback()
        ours.exec_driver_sql(statement)
        assert ours.exec_driver_sql(file).scalar_one() != before


@pytest.mark.parametrize(
    "statement",
    ["ALTER TABLE days DETACH PARTITION days_2020 CONCURRENTLY", "REINDEX TABLE CONCURRENTLY orders"],
)
def test_what_is_done_concurrently_holds_no_reader_up(shop: Engine, statement: str) -> None:
    with shop.execution_options(isolation_level="AUTOCOMMIT").connect() as ours, shop.connect() as inside:
        with pytest.raises(sqlalchemy.exc.DBAPIError, match="transaction block"):
            inside.exec_driver_sql(statement)
        ours.exec_driver_sql(statement)


def test_validating_reads_beside_the_others(shop: Engine) -> None:
    with shop.begin() as ours:
        ours.exec_driver_sql(VALIDATED)
    seen = Seen(shop, "ALTER TABLE orders VALIDATE CONSTRAINT later")
    assert (seen.lock, seen.blocks, seen.work) == ("SHARE UPDATE EXCLUSIVE", "", "reads")


def test_functions_that_are_called_volatile_are(shop: Engine) -> None:
    with shop.connect() as ours:
        found = ours.exec_driver_sql("SELECT proname, max(provolatile::text) FROM pg_proc GROUP BY proname")
        kinds = {str(name): str(kind) for name, kind in found}
    known = {name: kinds[name] for name in deeds.VOLATILE if name in kinds}
    assert len(known) > 5
    assert set(known.values()) == {"v"}
    assert kinds["txid_current"] == kinds["now"] == "s"
    assert not deeds.volatile_in("txid_current()")


MARIADB = """
    CREATE TABLE customers (customer_id BIGINT PRIMARY KEY) ENGINE = InnoDB;
    CREATE TABLE orders (
      order_id BIGINT PRIMARY KEY, number INT, note VARCHAR(20), place GEOMETRY NOT NULL, customer_id BIGINT,
      kept INT NOT NULL, CONSTRAINT known CHECK (kept > 0), KEY orders_note (note), KEY orders_customer (customer_id)
    ) ENGINE = InnoDB;
    CREATE TABLE bare (number INT NOT NULL) ENGINE = InnoDB
"""
ON_MARIADB = {
    Deed.CHANGE_TYPE: "ALTER TABLE orders MODIFY number BIGINT",
    Deed.ADD_COUNTED: "ALTER TABLE orders ADD COLUMN line BIGINT NOT NULL AUTO_INCREMENT UNIQUE",
    Deed.ADD_STORED: "ALTER TABLE orders ADD COLUMN twice INT GENERATED ALWAYS AS (number * 2) STORED",
    Deed.ADD_VOLATILE: "ALTER TABLE orders ADD COLUMN token CHAR(36) DEFAULT (uuid())",
    Deed.ADD_TEXT_INDEX: "ALTER TABLE orders ADD FULLTEXT INDEX words (note)",
    Deed.ADD_FOREIGN_KEY: "ALTER TABLE orders ADD FOREIGN KEY (customer_id) REFERENCES customers (customer_id)",
    Deed.DROP_PRIMARY_KEY: "ALTER TABLE orders DROP PRIMARY KEY",
    Deed.ADD_CHECK: "ALTER TABLE orders ADD CHECK (number > 0)",
    Deed.DROP_COLUMN: "ALTER TABLE orders DROP COLUMN number",
    Deed.DROP_TABLE: "DROP TABLE orders",
    Deed.RENAME: "ALTER TABLE orders RENAME TO sales",
    Deed.DROP_CONSTRAINT: "ALTER TABLE orders DROP CONSTRAINT known",
}
BESIDE_OTHERS = {
    Deed.ADD_COLUMN: "ALTER TABLE orders ADD COLUMN region VARCHAR(9)",
    Deed.ADD_DEFAULT: "ALTER TABLE orders ADD COLUMN region VARCHAR(9) NOT NULL DEFAULT 'eu'",
    Deed.ADD_INDEX: "ALTER TABLE orders ADD INDEX orders_number (number)",
    Deed.ADD_UNIQUE: "ALTER TABLE orders ADD UNIQUE (number)",
    Deed.ADD_PRIMARY_KEY: "ALTER TABLE bare ADD PRIMARY KEY (number)",
    Deed.SET_NOT_NULL: "ALTER TABLE orders MODIFY number INT NOT NULL",
    Deed.DROP_NOT_NULL: "ALTER TABLE orders MODIFY kept INT",
    Deed.DROP_INDEX: "ALTER TABLE orders DROP INDEX orders_note",
}
OF_POSTGRES = {Deed.ADD_EXCLUSION, Deed.REBUILD, Deed.REINDEX, Deed.DETACH_PARTITION, Deed.RESTRICT_DOMAIN}
REFUSED = (1845, 1846)


@pytest.fixture
def store(mysql: str) -> Iterator[Engine]:
    execute(driven(mysql), MARIADB)
    engine = sqlalchemy.create_engine(driven(mysql), isolation_level="AUTOCOMMIT", poolclass=sqlalchemy.pool.NullPool)
    yield engine
    engine.dispose()


def number_of(error: sqlalchemy.exc.DBAPIError) -> int:
    return int(error.orig.args[0]) if error.orig is not None else 0


def accepts(engine: Engine, statement: str) -> bool:
    """Say whether the server does a statement in the way that it asks for."""
    with engine.connect() as ours:
        try:
            ours.exec_driver_sql(statement)
        except sqlalchemy.exc.DBAPIError as error:
            if number_of(error) not in REFUSED:
                raise
            return False
    return True


def of_mariadb(deed: Deed) -> Fact | None:
    return fact("mysql", deed, {"mariadb": (10, 11)})


def test_every_deed_is_tried_on_mariadb_or_has_no_part_there() -> None:
    told = {one.deed for one in FACTS if one.engine == "mariadb"}
    assert told == {*ON_MARIADB, Deed.ADD_LOCKED_INDEX}
    assert set(Deed) - told == {*BESIDE_OTHERS, *OF_POSTGRES}


@pytest.mark.parametrize("deed", [deed for deed in ON_MARIADB if (one := of_mariadb(deed)) is not None and one.long])
def test_mariadb_refuses_to_let_others_write(store: Engine, deed: Deed) -> None:
    said = of_mariadb(deed)
    assert said is not None
    assert (said.lock, said.blocks) == ("SHARED", "writes")
    assert not accepts(store, f"{ON_MARIADB[deed]}, LOCK = NONE")
    by_copy = not accepts(store, f"{ON_MARIADB[deed]}, ALGORITHM = NOCOPY, LOCK = SHARED")
    assert by_copy or said.work == "builds"
    assert not by_copy or accepts(store, f"{ON_MARIADB[deed]}, LOCK = SHARED")


@pytest.mark.parametrize(
    "deed", [deed for deed in ON_MARIADB if (one := of_mariadb(deed)) is not None and not one.long]
)
def test_mariadb_waits_for_whoever_reads(store: Engine, deed: Deed) -> None:
    """And others wait behind it, of course: the lock that it waits for shuts everybody out."""
    with store.connect() as reader, store.connect() as ours:
        reader.exec_driver_sql("START TRANSACTION")
        reader.exec_driver_sql("SELECT count(*) FROM orders")
        ours.exec_driver_sql("SET lock_wait_timeout = 0")
        with pytest.raises(sqlalchemy.exc.OperationalError) as raised:
            ours.exec_driver_sql(ON_MARIADB[deed])
        assert number_of(raised.value) == 1205
        reader.exec_driver_sql("COMMIT")
        ours.exec_driver_sql(ON_MARIADB[deed])


@pytest.mark.parametrize("deed", BESIDE_OTHERS)
def test_what_mariadb_does_beside_the_others(store: Engine, deed: Deed) -> None:
    assert of_mariadb(deed) is None
    assert accepts(store, f"{BESIDE_OTHERS[deed]}, LOCK = NONE")


def test_mariadb_looks_at_no_row_for_the_check_of_a_new_column(store: Engine) -> None:
    assert accepts(store, "ALTER TABLE orders ADD COLUMN more INT CHECK (more > 0), ALGORITHM = INSTANT")
