"""Which new types of a column leave the rows as they are: one table of facts an engine, from its manual.

PostgreSQL: https://www.postgresql.org/docs/current/sql-altertable.html (notes on binary coercible types), and the release notes
of 9.2 (`varchar`, `numeric`, `varbit`, times of fewer digits) and 12 (`timestamp` to `timestamptz` in UTC).
MySQL: https://dev.mysql.com/doc/refman/8.4/en/innodb-online-ddl-operations.html (extending VARCHAR, modifying ENUM and SET).
MariaDB: https://mariadb.com/docs/server/server-usage/storage-engines/innodb/innodb-online-ddl/
innodb-online-ddl-operations-with-the-instant-alter-algorithm (VARCHAR of up to 127 bytes).
SQL Server: https://learn.microsoft.com/sql/t-sql/statements/alter-table-transact-sql.
"""

from __future__ import annotations

_SAME = {
    "INT": "INTEGER", "INT4": "INTEGER", "INT8": "BIGINT", "INT2": "SMALLINT", "BOOL": "BOOLEAN", "DEC": "NUMERIC",
    "DECIMAL": "NUMERIC", "CHARACTER VARYING": "VARCHAR", "TIMESTAMP WITH TIME ZONE": "TIMESTAMPTZ",
    "TIMESTAMP WITHOUT TIME ZONE": "TIMESTAMP", "TIME WITHOUT TIME ZONE": "TIME", "TIME WITH TIME ZONE": "TIMETZ",
    "CHARACTER": "CHAR", "FLOAT8": "DOUBLE PRECISION", "DOUBLE": "DOUBLE PRECISION", "FLOAT4": "REAL",
    "BIT VARYING": "VARBIT",
}  # fmt: skip
_SAME_IN_MYSQL = {
    "BOOLEAN": "TINYINT", "REAL": "DOUBLE PRECISION", "FLOAT4": "FLOAT", "MIDDLEINT": "MEDIUMINT", "INT1": "TINYINT",
    "INT3": "MEDIUMINT", "FIXED": "NUMERIC",
}  # fmt: skip
_WIDTHS = frozenset({"TINYINT", "SMALLINT", "MEDIUMINT", "INTEGER", "BIGINT", "YEAR"})
"""Types of MySQL behind which a number says how wide they are shown, not how they are kept."""
_OF_CHARACTERS = frozenset({"VARCHAR", "CHAR", "ENUM", "SET", "TEXT", "TINYTEXT", "MEDIUMTEXT", "LONGTEXT"})
_MAYBE_SAME = frozenset(
    {"TEXT", "VARCHAR", "NUMERIC", "TIMESTAMPTZ", "TIMESTAMP", "CITEXT", "INET", "CIDR", "VARBIT", "BPCHAR", "OID"}
    | {"INTERVAL", "TIME", "TIMETZ", "XML", "CHAR", "STRING"}
)
"""Types to which PostgreSQL changes some others without touching a row: without the old one, nothing can be said."""
_BY_INDEXES = frozenset(
    {("INTEGER", "OID"), ("OID", "INTEGER"), ("TEXT", "BPCHAR"), ("VARCHAR", "BPCHAR"), ("CHAR", "BPCHAR")}
    | {("XML", "BPCHAR"), ("BIT", "VARBIT")}
    | {("TEXT", "CITEXT"), ("VARCHAR", "CITEXT"), ("CITEXT", "TEXT"), ("CITEXT", "VARCHAR")}
)
"""Pairs of which PostgreSQL leaves the rows alone, but builds the indexes of the column anew."""
_OF_TIME = frozenset({"TIMESTAMP", "TIMESTAMPTZ", "TIME", "TIMETZ", "INTERVAL"})
_FINEST = 6
"""Digits of a second that PostgreSQL keeps where a type does not say how many."""


def rewrites(engine: str, before: str | None, after: str, using: str = "") -> bool | None:
    """Say whether a column's new type makes the engine write all rows anew; None where that is not known.

    Types are in upper case as written; `before` is None where the old one is not known. `using` is the expression that makes
    the new values. Engines other than PostgreSQL, MySQL, MariaDB and SQL Server are not known.
    """
    if engine == "postgres":
        return _postgres(before, after, using)
    if before is None:
        return None
    if engine in {"mysql", "mariadb"}:
        return _mysql(engine, _plain(before), _plain(after))
    return _sql_server(_parts(before), _parts(after)) if engine == "tsql" else None


def _parts(kind: str) -> tuple[str, tuple[str, ...]]:
    """Give the name of a type and what stands in its brackets: `TIMESTAMP(3) WITH TIME ZONE` has one argument."""
    before, opened, behind = kind.upper().partition("(")
    inside, closed, after = behind.rpartition(")")
    if opened and not closed:
        return kind, ()
    base = " ".join(f"{before} {after}".split())
    return _SAME.get(base, base), tuple(part.strip() for part in inside.split(",") if part.strip())


# PostgreSQL


def _postgres(before: str | None, after: str, using: str) -> bool | None:
    new, new_arguments = _parts(after)
    if using and not _is_cast(using):
        return True
    if before is None:
        return None if new in _MAYBE_SAME or new.startswith("INTERVAL") else True
    old, old_arguments = _parts(before)
    if (old, old_arguments) == (new, new_arguments):
        return False
    if (old, new) in _BY_INDEXES and not new_arguments:
        return None
    if old in {"VARCHAR", "TEXT", "XML"} and new == "TEXT":
        return False
    if old in {"VARCHAR", "TEXT", "XML"} and new == "VARCHAR":
        return bool(new_arguments) and not (old == "VARCHAR" and _at_most(old_arguments, new_arguments))
    if old == new == "NUMERIC":
        same_scale = (*old_arguments, "0")[1:2] == (*new_arguments, "0")[1:2]
        return bool(new_arguments) and not (same_scale and _at_most(old_arguments[:1], new_arguments[:1]))
    if old == new == "VARBIT":
        return bool(new_arguments) and not _at_most(old_arguments, new_arguments)
    if (old, new) == ("CIDR", "INET"):
        return False
    if old.startswith("INTERVAL") and new.startswith("INTERVAL") and old != new:
        return None
    if {old, new} <= _OF_TIME and (old == new or {old, new} == {"TIMESTAMP", "TIMESTAMPTZ"}):
        if _digits(new_arguments) < _digits(old_arguments):
            return True
        return False if old == new else None
    return True


def _digits(arguments: tuple[str, ...]) -> int:
    """Give how many digits of a second a type keeps."""
    return int(arguments[0]) if len(arguments) == 1 and arguments[0].isdecimal() and len(arguments[0]) < 3 else _FINEST


def _is_cast(using: str) -> bool:
    """Say whether the expression of USING only casts the column: `total::numeric`, `CAST(total AS int)`, `total`."""
    folded = using.strip().strip("();").strip()
    return folded.replace("_", "").replace('"', "").isalnum() or "::" in folded or folded.lower().startswith("cast")


# MySQL and MariaDB


def _plain(kind: str) -> tuple[str, tuple[str, ...]]:
    """Give a type of MySQL with the name and the numbers that it has where nothing else is said."""
    base, arguments = _parts(kind)
    first, _, rest = base.partition(" ")
    base = base if base == "DOUBLE PRECISION" else " ".join(filter(None, (_SAME.get(first, first), rest)))
    base = _SAME_IN_MYSQL.get(base, base)
    if base.partition(" ")[0] in _WIDTHS:
        return base, ()
    if base == "NUMERIC":
        return base, (*arguments, "10", "0")[:2] if not arguments else (*arguments, "0")[:2]
    return base, arguments or (("1",) if base in {"CHAR", "BINARY", "BIT"} else ())


def _mysql(engine: str, before: tuple[str, tuple[str, ...]], after: tuple[str, tuple[str, ...]]) -> bool | None:
    (old, old_arguments), (new, new_arguments) = before, after
    if before == after:
        return False
    if old == new and old in {"ENUM", "SET"}:
        count, more = len(old_arguments), len(new_arguments)
        appended = new_arguments[:count] == old_arguments
        return not appended or _bytes_of(old, count) != _bytes_of(old, more)
    if old == new and old in {"VARCHAR", "NVARCHAR", "VARBINARY"}:
        lengths = _lengths(old_arguments, new_arguments)
        if lengths is None:
            return None
        return _outgrows(engine, old, *lengths) if lengths[0] <= lengths[1] else True
    # A type says its characters only where they are not the table's, which are not known here.
    return None if old.partition(" ")[0] == new.partition(" ")[0] and new.partition(" ")[0] in _OF_CHARACTERS else True


def _bytes_of(kind: str, members: int) -> int:
    """Give how many bytes a value of an enumeration or a set takes."""
    if kind == "ENUM":
        return 1 if members < 256 else 2
    least = (members + 7) // 8
    return least if least <= 4 else 8


def _outgrows(engine: str, kind: str, old: int, new: int) -> bool | None:
    """Say whether a longer text needs a second byte for its length where it did with one, from 256 bytes on.

    MariaDB can tell the two apart where the text had no more than 127 bytes. A character has one to four bytes: in between it
    depends on the character set.
    """
    most = 1 if kind == "VARBINARY" else 4
    if new * most < 256 or old >= 256 or (engine == "mariadb" and old * most < 128):
        return False
    return True if old * most < 256 <= new and (engine == "mysql" or old >= 128) else None


# SQL Server


_LARGE = frozenset({("TEXT", "VARCHAR"), ("NTEXT", "NVARCHAR"), ("IMAGE", "VARBINARY")})
"""Old types of large values and the ones with `(MAX)` that keep them as they are."""


def _sql_server(before: tuple[str, tuple[str, ...]], after: tuple[str, tuple[str, ...]]) -> bool | None:
    """Say it for SQL Server, whose manual names no type that stays: only of more room for text is it sure here."""
    (old, old_arguments), (new, new_arguments) = before, after
    if before == after:
        return False
    if old == new and old in {"VARCHAR", "NVARCHAR", "VARBINARY"}:
        return not _at_most(old_arguments, new_arguments, "MAX")
    if ((old, new) in _LARGE and new_arguments == ("MAX",)) or old == new == "NUMERIC":
        return None
    return True


def _at_most(old: tuple[str, ...], new: tuple[str, ...], unlimited: str = "") -> bool:
    """Say whether a type has room for `new` where it had room for `old`, each one number or the word for no limit."""
    if unlimited and new == (unlimited,):
        return True
    lengths = _lengths(old, new)
    return lengths is not None and lengths[0] <= lengths[1]


def _lengths(old: tuple[str, ...], new: tuple[str, ...]) -> tuple[int, int] | None:
    """Give the lengths of two types; None unless each has one number."""
    if len(old) == len(new) == 1 and all(part.isdecimal() and len(part) < 10 for part in (*old, *new)):
        return int(old[0]), int(new[0])
    return None


def values(kind: str | None) -> tuple[str, ...] | None:
    """Give the values of a type `ENUM('a', 'b')`, quotes off; None for any other type."""
    folded = (kind or "").strip()
    if not folded.upper().startswith("ENUM") or not folded.endswith(")"):
        return None
    inside = folded[folded.index("(") + 1 : -1] if "(" in folded else ""
    return tuple(part.strip().strip("'\"") for part in inside.split(",") if part.strip())
