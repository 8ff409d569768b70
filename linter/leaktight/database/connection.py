"""Opens a database to be read and nothing else: read only where the engine can, with limits of time."""

from __future__ import annotations

import os
import sqlite3
import threading
import traceback
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from leaktight.database.address import SPOKEN, Address, DatabaseUnread
from leaktight.lazy import record

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection, Engine

Row = Mapping[str, Any]
"""A row by its columns' names in lower case."""

SECONDS_TO_CONNECT = 10
SECONDS_A_STATEMENT = 120
SECONDS_FOR_A_LOCK = 15
_PACKAGES = {
    "postgres": "psycopg[binary]",
    "mysql": "pymysql",
    "duckdb": "duckdb-engine",
    "sqlite": "sqlalchemy",
}


@record(slots=True)
class Session:
    """A connection that reads. `doing` is what it is about, for the sentence that says where it broke off."""

    connection: Connection
    address: Address
    doing: str = ""

    def rows(self, query: str, about: str, values: Mapping[str, object] | None = None) -> list[Row]:
        """Run a query, whose values are named `:name`, and give its rows; `about` says what they are."""
        from sqlalchemy import text

        self.doing = about
        result = self.connection.execute(text(query), dict(values or {}))
        names = [name.lower() for name in result.keys()]  # noqa: SIM118  # a view of names, no mapping
        return [dict(zip(names, row, strict=True)) for row in result]

    def run(self, *statements: str) -> None:
        """Run statements that give no rows."""
        for statement in statements:
            self.connection.exec_driver_sql(statement)


@contextmanager
def opened(address: Address) -> Iterator[Session]:
    """Open a database for reading. Raises `DatabaseUnread` for all that fails while it is open, secrets taken out."""
    engine: Engine | None = None
    session: Session | None = None
    try:
        engine = _engine(address)
        with engine.connect() as connection, _limited(address, connection):
            session = Session(connection, address)
            _make_read_only(session)
            yield session
    except DatabaseUnread:
        raise
    except ImportError as error:
        raise DatabaseUnread(_missing(address, error)) from None
    except Exception as error:  # noqa: BLE001  # drivers raise what they like, with the password in it
        trace = address.scrubbed("".join(traceback.format_exception(error)))
        raise DatabaseUnread(_broken_off(address, session, error), trace) from None
    finally:
        if engine is not None:
            engine.dispose()


def _missing(address: Address, error: ImportError) -> str:
    package = "sqlalchemy" if error.name == "sqlalchemy" else _PACKAGES[address.engine]
    return (
        f"A {SPOKEN[address.engine]} database is read through the package `{package}`, which is not "
        f"installed ({address.scrubbed(str(error))}): `pip install 'leaktight[db]'` brings it."
    )


def _broken_off(address: Address, session: Session | None, error: Exception) -> str:
    reason = address.scrubbed(" ".join(str(getattr(error, "orig", None) or error).split()))
    reason = (reason or type(error).__name__).rstrip(".")
    reason += "" if reason.endswith("?") else "."
    if session is None:
        return f"The database {address.shown} could not be opened: {reason}"
    return f"Reading {session.doing or 'the session'} of {address.shown} broke off: {reason}"


def _engine(address: Address) -> Engine:
    import sqlalchemy
    from sqlalchemy.engine import make_url

    if address.path and not os.path.isfile(address.path):
        raise DatabaseUnread(f"There is no file {address.path} to read a {SPOKEN[address.engine]} database from.")
    plain: dict[str, Any] = {"poolclass": sqlalchemy.pool.NullPool, "hide_parameters": True}
    if address.engine == "sqlite":
        place = f"file:{quote(os.path.abspath(address.path).replace(os.sep, '/'))}?mode=ro"
        return sqlalchemy.create_engine(
            "sqlite://", creator=lambda: sqlite3.connect(place, uri=True, timeout=SECONDS_FOR_A_LOCK), **plain
        )
    url = make_url(address.url)
    if address.engine == "duckdb":
        settings = {"read_only": True, "config": {"autoinstall_known_extensions": "false"}}
        return sqlalchemy.create_engine(
            sqlalchemy.URL.create("duckdb", database=address.path), connect_args=settings, **plain
        )
    driver = "postgresql+psycopg" if address.engine == "postgres" else "mysql+pymysql"
    waits = {} if "connect_timeout" in url.query else {"connect_timeout": SECONDS_TO_CONNECT}
    if address.engine == "mysql":
        waits["read_timeout"] = SECONDS_A_STATEMENT + SECONDS_TO_CONNECT
        if url.password is None and os.environ.get("MYSQL_PWD"):  # as the servers' own programs do
            url = url.set(password=os.environ["MYSQL_PWD"])
    return sqlalchemy.create_engine(url.set(drivername=driver), connect_args=waits, **plain)


def _make_read_only(session: Session) -> None:
    """Tell a server that nothing will be written, and for how long a statement may run.

    As statements and not as options of the connection: a pooler between here and the server refuses options.
    """
    session.doing = "the settings"
    if session.address.engine == "postgres":
        session.run(
            "SET default_transaction_read_only = on",
            f"SET statement_timeout = {SECONDS_A_STATEMENT * 1000}",
            f"SET lock_timeout = {SECONDS_FOR_A_LOCK * 1000}",
        )
        session.connection.commit()
        session.run("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
    elif session.address.engine == "mysql":
        version = str(session.connection.exec_driver_sql("SELECT VERSION()").scalar())
        limit = (
            f"SET SESSION max_statement_time = {SECONDS_A_STATEMENT}"
            if "mariadb" in version.lower()
            else f"SET SESSION max_execution_time = {SECONDS_A_STATEMENT * 1000}"
        )
        session.run(limit, f"SET SESSION lock_wait_timeout = {SECONDS_FOR_A_LOCK}")
        session.connection.commit()
        session.run("SET SESSION TRANSACTION READ ONLY")
        session.connection.commit()


@contextmanager
def _limited(address: Address, connection: Connection) -> Iterator[None]:
    """Stop the queries of an engine in this process after a while: it knows no limit of its own."""
    interrupt = getattr(connection.connection.driver_connection, "interrupt", None) if address.path else None
    if interrupt is None:
        yield
        return
    timer = threading.Timer(SECONDS_A_STATEMENT, interrupt)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def by_table(rows: Sequence[Row]) -> dict[tuple[str, str], list[Row]]:
    """Group rows by the schema and table that they are of, in the columns `table_schema` and `table_name`."""
    found: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        found.setdefault((str(row["table_schema"]), str(row["table_name"])), []).append(row)
    return found
