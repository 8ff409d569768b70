"""What engines lock and rewrite to change a table: one table of facts, each with the manual's page that says so.

BigQuery, Snowflake, Databricks and Spark change a table's metadata and hold no reader up, and SQLite locks the whole file for any
write: they have no facts here. A change that is not in the table blocks nobody for long, or it is not known what it does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum

from leaktight.lazy import record

Version = tuple[int, ...]

DEFAULT_VERSIONS: Mapping[str, Version] = {
    "postgres": (14,),
    "mysql": (8, 0, 29),
    "tsql": (16,),
    "oracle": (19,),
}
"""The versions that are assumed where the configuration names none, by sqlglot's name of the engine."""


class Deed(StrEnum):
    """A change of a table, as far as engines do different things for it."""

    ADD_COLUMN = "adding a column"
    ADD_DEFAULT = "adding a column with a default"
    ADD_VOLATILE = "adding a column whose default differs from row to row"
    ADD_STORED = "adding a stored generated column"
    ADD_COUNTED = "adding a column that numbers the rows"
    DROP_COLUMN = "dropping a column"
    DROP_TABLE = "dropping a table"
    RENAME = "renaming"
    CHANGE_TYPE = "changing a type"
    SET_NOT_NULL = "forbidding NULL"
    ADD_INDEX = "creating an index"
    ADD_TEXT_INDEX = "creating a full-text or spatial index"
    ADD_LOCKED_INDEX = "creating an index in a way that is asked to lock"
    DROP_INDEX = "dropping an index"
    ADD_FOREIGN_KEY = "adding a foreign key"
    ADD_CHECK = "adding a check"
    ADD_UNIQUE = "adding a unique constraint"
    ADD_EXCLUSION = "adding an exclusion constraint"
    ADD_PRIMARY_KEY = "adding a primary key"
    DROP_CONSTRAINT = "dropping a constraint"
    DROP_PRIMARY_KEY = "dropping a primary key"
    DROP_NOT_NULL = "allowing NULL"
    DETACH_PARTITION = "detaching a partition"
    REINDEX = "building indexes anew"
    REBUILD = "writing a table anew"
    RESTRICT_DOMAIN = "restricting a domain"


@record(frozen=True, slots=True)
class Fact:
    """The lock that an engine takes for a change, what that blocks, and the work that is done under it.

    `work` is `rewrites`, `reads` (each row is checked), `builds` (an index) or empty for a moment's work. It holds from version
    `since` on and below `until`. `source` is the page of the engine's manual.
    """

    engine: str
    deed: Deed
    lock: str
    blocks: str
    work: str
    source: str
    since: Version = ()
    until: Version | None = None

    @property
    def long(self) -> bool:
        """Whether the lock is held while each row is worked on."""
        return bool(self.work)

    def says(self, table: str) -> str:
        """Give the lock in words: takes an `ACCESS EXCLUSIVE` lock, which blocks reads and writes, while … is rewritten."""
        article = "an" if self.lock[0] in "AEIO" else "a"
        taken = f"takes {article} `{self.lock}` lock, which blocks {self.blocks}"
        return f"{taken} {_WORK[self.work].format(table=table)}" if self.work else taken


_WORK = {
    "rewrites": "while all of `{table}` is rewritten",
    "reads": "while each row of `{table}` is checked",
    "builds": "while the index is built",
}

_ALTER = "https://www.postgresql.org/docs/current/sql-altertable.html"
_MYSQL = "https://dev.mysql.com/doc/refman/8.0/en/innodb-online-ddl-operations.html"
_MARIADB = (
    "https://mariadb.com/docs/server/server-usage/storage-engines/innodb/innodb-online-ddl"
    "/innodb-online-ddl-operations-with-the-inplace-alter-algorithm"
)
_MYSQL_ALTER = "https://dev.mysql.com/doc/refman/8.0/en/alter-table.html"
_MYSQL_CHECKS = "https://dev.mysql.com/doc/refman/8.0/en/create-table-check-constraints.html"
_MYSQL_DEFAULTS = "https://dev.mysql.com/doc/refman/8.0/en/data-type-defaults.html"
_MYSQL_WAIT = "https://dev.mysql.com/doc/refman/8.0/en/innodb-online-ddl-performance.html"
_TSQL_LOCKS = (
    "https://learn.microsoft.com/sql/relational-databases/sql-server-transaction-locking-and-row-versioning-guide"
    "#schema-locks"
)
_ORACLE_LOCKS = "https://docs.oracle.com/database/122/SQLRF/Automatic-Locks-in-DDL-Operations.htm"
_ORACLE_ALTER = "https://docs.oracle.com/en/database/oracle/oracle-database/19/sqlrf/ALTER-TABLE.html"
_REDSHIFT = "https://docs.aws.amazon.com/redshift/latest/dg/r_ALTER_TABLE.html"
_REDSHIFT_LOCKS = "https://repost.aws/knowledge-center/prevent-locks-blocking-queries-redshift"
# Of all that ALTER TABLE does: the lock is held during the change, and rows that it changes are changed at once.
_TSQL = "https://learn.microsoft.com/sql/t-sql/statements/alter-table-transact-sql#locks-and-alter-table"
_TSQL_INDEX = "https://learn.microsoft.com/sql/t-sql/statements/create-index-transact-sql"
_ORACLE_INDEX = "https://docs.oracle.com/en/database/oracle/oracle-database/19/sqlrf/CREATE-INDEX.html"
_DOMAIN = "https://www.postgresql.org/docs/current/sql-alterdomain.html"
_BOTH, _WRITES = "reads and writes", "writes"


def _facts() -> Iterator[Fact]:
    def postgres(deed: Deed, work: str = "", source: str = _ALTER, **versions: Version) -> Fact:
        return Fact("postgres", deed, "ACCESS EXCLUSIVE", _BOTH, work, source, **versions)

    yield postgres(Deed.ADD_COLUMN)
    yield postgres(Deed.ADD_DEFAULT, "rewrites", "https://www.postgresql.org/docs/10/sql-altertable.html", until=(11,))
    yield postgres(Deed.ADD_DEFAULT, since=(11,))
    yield postgres(Deed.ADD_VOLATILE, "rewrites")
    yield postgres(Deed.ADD_STORED, "rewrites", since=(12,))
    yield postgres(Deed.ADD_COUNTED, "rewrites")
    yield postgres(Deed.DROP_COLUMN)
    yield postgres(Deed.DROP_TABLE, source="https://www.postgresql.org/docs/current/sql-droptable.html")
    yield postgres(Deed.RENAME)
    yield postgres(Deed.CHANGE_TYPE, "rewrites")
    yield postgres(Deed.SET_NOT_NULL, "reads")
    yield Fact(
        "postgres",
        Deed.ADD_INDEX,
        "SHARE",
        _WRITES,
        "builds",
        "https://www.postgresql.org/docs/current/sql-createindex.html",
    )
    yield postgres(Deed.DROP_INDEX, source="https://www.postgresql.org/docs/current/sql-dropindex.html")
    yield Fact("postgres", Deed.ADD_FOREIGN_KEY, "SHARE ROW EXCLUSIVE", _WRITES, "reads", _ALTER)
    yield postgres(Deed.ADD_CHECK, "reads")
    yield postgres(Deed.ADD_UNIQUE, "builds")
    yield postgres(Deed.ADD_EXCLUSION, "builds")
    yield postgres(Deed.ADD_PRIMARY_KEY, "builds")
    yield postgres(Deed.DROP_CONSTRAINT)
    yield postgres(Deed.DROP_PRIMARY_KEY)
    yield postgres(Deed.DROP_NOT_NULL)
    yield postgres(Deed.DETACH_PARTITION)
    yield Fact(
        "postgres", Deed.REINDEX, "SHARE", _WRITES, "builds", "https://www.postgresql.org/docs/current/sql-reindex.html"
    )
    yield postgres(Deed.REBUILD, "rewrites", "https://www.postgresql.org/docs/current/sql-cluster.html")
    # The lock is that of validateDomainNotNullConstraint and of its sister for checks, on each table with such a column.
    yield Fact("postgres", Deed.RESTRICT_DOMAIN, "SHARE", _WRITES, "reads", _DOMAIN)

    for engine, source, expressions in (("mysql", _MYSQL, _MYSQL_DEFAULTS), ("mariadb", _MARIADB, _MARIADB)):

        def shared(deed: Deed, work: str = "rewrites", page: str = source, engine: str = engine, **v: Version) -> Fact:
            return Fact(engine, deed, "SHARED", _WRITES, work, page, **v)

        yield shared(Deed.CHANGE_TYPE)
        yield shared(Deed.ADD_COUNTED)
        yield shared(Deed.ADD_STORED)
        yield shared(Deed.ADD_VOLATILE, page=expressions)
        yield shared(Deed.ADD_TEXT_INDEX, "builds")
        yield shared(Deed.ADD_LOCKED_INDEX, "builds", page=_MYSQL_ALTER)
        # Only with `foreign_key_checks` off is the key added in place, and then no row is checked.
        yield shared(Deed.ADD_FOREIGN_KEY)
        yield shared(Deed.DROP_PRIMARY_KEY)
        for deed in (Deed.DROP_COLUMN, Deed.DROP_TABLE, Deed.RENAME, Deed.DROP_CONSTRAINT):
            yield Fact(engine, deed, "EXCLUSIVE metadata", _BOTH, "", _MYSQL_WAIT)
    # Before 8.0.16 MySQL reads a check and forgets it.
    yield Fact("mysql", Deed.ADD_CHECK, "SHARED", _WRITES, "rewrites", _MYSQL_CHECKS, since=(8, 0, 16))
    yield Fact("mariadb", Deed.ADD_CHECK, "SHARED", _WRITES, "rewrites", _MARIADB)

    def sql_server(deed: Deed, work: str = "", lock: str = "SCH-M", blocks: str = _BOTH, source: str = _TSQL) -> Fact:
        return Fact("tsql", deed, lock, blocks, work, source)

    yield sql_server(Deed.ADD_VOLATILE, "rewrites")
    yield sql_server(Deed.ADD_COUNTED, "rewrites")
    yield sql_server(Deed.CHANGE_TYPE, "rewrites")
    yield sql_server(Deed.SET_NOT_NULL, "reads")
    yield sql_server(Deed.ADD_PRIMARY_KEY, "rewrites")
    yield sql_server(Deed.ADD_INDEX, "builds", "SHARED", _WRITES, _TSQL_INDEX)
    yield sql_server(Deed.ADD_FOREIGN_KEY, "reads")
    yield sql_server(Deed.ADD_CHECK, "reads")
    for deed in (Deed.DROP_COLUMN, Deed.DROP_TABLE, Deed.RENAME, Deed.DROP_CONSTRAINT):
        yield sql_server(deed, source=_TSQL_LOCKS)

    yield Fact("oracle", Deed.ADD_INDEX, "SHARE", _WRITES, "builds", _ORACLE_INDEX)
    yield Fact("oracle", Deed.DROP_COLUMN, "EXCLUSIVE DDL", _WRITES, "rewrites", _ORACLE_ALTER)
    for deed in (Deed.DROP_TABLE, Deed.RENAME):
        yield Fact("oracle", deed, "EXCLUSIVE DDL", _WRITES, "", _ORACLE_LOCKS)

    for deed in (Deed.ADD_COLUMN, Deed.DROP_COLUMN, Deed.RENAME, Deed.DROP_CONSTRAINT):
        yield Fact("redshift", deed, "ACCESS EXCLUSIVE", _BOTH, "", _REDSHIFT)
    yield Fact("redshift", Deed.DROP_TABLE, "ACCESS EXCLUSIVE", _BOTH, "", _REDSHIFT_LOCKS)


FACTS: tuple[Fact, ...] = tuple(_facts())
"""All facts."""

_BY_DEED: dict[tuple[str, Deed], list[Fact]] = {}
for _fact in FACTS:
    _BY_DEED.setdefault((_fact.engine, _fact.deed), []).append(_fact)


def fact(dialect: str, deed: Deed, versions: Mapping[str, Version]) -> Fact | None:
    """Give the fact that holds for an engine in the version that is configured; None where there is none."""
    engine = engine_of(dialect, versions)
    version = version_of(engine, versions)
    for found in _BY_DEED.get((engine, deed), ()):
        if found.since <= version and (found.until is None or version < found.until):
            return found
    return None


def engine_of(dialect: str, versions: Mapping[str, Version]) -> str:
    """Give the engine that runs a dialect: MariaDB for MySQL's where that alone is among the versions."""
    return "mariadb" if dialect == "mysql" and "mariadb" in versions and "mysql" not in versions else dialect


def version_of(engine: str, versions: Mapping[str, Version]) -> Version:
    """Give the version of an engine that is configured, or else assumed."""
    return versions.get(engine) or DEFAULT_VERSIONS.get(engine, ())
