"""The settings of a run, resolved: what every other part reads. Knows nothing of files or formats."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from functools import cached_property

from leaktight.globs import Globs
from leaktight.lazy import record

DEFAULT_EXCLUDES = (
    ".git/",
    ".hg/",
    ".svn/",
    ".venv/",
    "venv/",
    ".tox/",
    ".nox/",
    ".eggs/",
    "__pycache__/",
    "site-packages/",
    "__pypackages__/",
    ".mypy_cache/",
    ".ruff_cache/",
    ".pytest_cache/",
    ".ipynb_checkpoints/",
    ".tmp/",
    ".claude/",
    ".cursor/",
    "node_modules/",
    "bower_components/",
    ".yarn/",
    ".next/",
    ".nuxt/",
    "dist/",
    "vendor/",
    "third_party/",
    "target/compiled/",
    "target/run/",
    "**/compiled/*/models/",
    "dbt_packages/",
    "dbt_modules/",
    "cdk.out/",
    ".aws-sam/",
    ".serverless/",
    ".terraform/",
    "*.min.js",
    "*.min.mjs",
    "*.bundle.js",
    "pnpm-lock.yaml",
)
"""What is never looked at unless named, or taken back in with `exclude: ["!vendor/"]`."""

DIALECTS = (
    "athena",
    "bigquery",
    "clickhouse",
    "databricks",
    "doris",
    "dremio",
    "drill",
    "druid",
    "duckdb",
    "exasol",
    "fabric",
    "hive",
    "materialize",
    "mysql",
    "oracle",
    "postgres",
    "presto",
    "redshift",
    "risingwave",
    "singlestore",
    "snowflake",
    "spark",
    "sqlite",
    "starrocks",
    "teradata",
    "trino",
    "tsql",
)
"""The dialects that may be configured, by their sqlglot names. Importing the parser to ask it would cost 0.1 s."""

DIALECT_ALIASES: Mapping[str, str] = {
    "postgresql": "postgres",
    "mssql": "tsql",
    "sqlserver": "tsql",
    "mariadb": "mysql",
    "sparksql": "spark",
}
"""Names that people write for a dialect, for saying which one is meant."""


@record(frozen=True)
class PathSelection:
    """What is selected otherwise for the files that a glob matches. `select` None keeps what is selected."""

    glob: str
    select: tuple[str, ...] | None = None
    extend_select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()


@record(frozen=True)
class Settings:
    """The settings of one project.

    `root` is the absolute path of the project's root; all globs and paths are relative to it. `dialects` are pairs of
    glob and dialect, of which the first match holds; `dialect` is that of all other files, None for `auto`. `star` has the names
    of its keys that are configured. `select` None selects what is on by default. `airflow` is the pinned version,
    `engine_versions` those of the databases by sqlglot's name of their engine.
    """

    root: str = ""
    source: str = ""
    """The file that the settings were read from, as messages call it; empty for none."""
    dialect: str | None = None
    dialects: tuple[tuple[str, str | None], ...] = ()
    select: tuple[str, ...] | None = None
    extend_select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    per_path: tuple[PathSelection, ...] = ()
    rules: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    exclude: tuple[str, ...] = ()
    catalog_ddl: tuple[str, ...] = ()
    catalog_files: tuple[str, ...] = ()
    catalog_exclude: tuple[str, ...] = ()
    search_path: tuple[str, ...] = ()
    """The schemas in which names without one are looked for, the first first."""
    tenant_keys: tuple[str, ...] | None = None
    shared_tables: tuple[str, ...] = ()
    star: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    airflow: tuple[int, ...] | None = None
    engine_versions: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    statistics: tuple[tuple[str, Mapping[str, int]], ...] = ()
    """How much tables hold, by name: `rows`, `bytes`, `partitions`."""
    start_after: tuple[str, ...] = ()
    """The last migrations that have run everywhere."""
    prices: tuple[tuple[str, float], ...] = ()
    """What reading 10^12 bytes costs, by dialect, `default` for the rest."""
    not_analysed: str = "warn"
    fail_level: str = "warning"

    @cached_property
    def _dialect_globs(self) -> Sequence[tuple[Globs, str | None]]:
        return [(Globs((glob,)), dialect) for glob, dialect in self.dialects]

    def dialect_for(self, path: str) -> str | None:
        """Give the dialect configured for a path relative to the root; None says that it is to be detected."""
        for globs, dialect in self._dialect_globs:
            if globs.match(path):
                return dialect
        return self.dialect

    @cached_property
    def _path_globs(self) -> Sequence[tuple[Globs, PathSelection]]:
        return [(Globs((item.glob,)), item) for item in self.per_path]

    def selections_for(self, path: str) -> tuple[PathSelection, ...]:
        """Give what is selected otherwise for a path relative to the root, in the order written."""
        return tuple(item for globs, item in self._path_globs if globs.match(path))
