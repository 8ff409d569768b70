"""What the tests of databases share: a project to run the program in, and a way to prepare a database."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import sqlalchemy

ROOT = Path(__file__).parents[2]
SHOP = ROOT / "tests" / "catalog" / "shop_sources" / "live"
PACKAGES = os.pathsep.join([str(ROOT / "linter"), str(ROOT / "rules")])


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
