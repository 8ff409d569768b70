"""Which new types of a column leave the rows as they are: one table of facts an engine, from its manual.

PostgreSQL: https://www.postgresql.org/docs/current/sql-altertable.html (notes on binary coercible types), and the release notes
of 9.2 (`varchar`, `numeric`, `varbit`) and 12 (`timestamp` to `timestamptz` in UTC).
MySQL and MariaDB: https://dev.mysql.com/doc/refman/8.0/en/innodb-online-ddl-operations.html (extending VARCHAR, modifying ENUM).
SQL Server: https://learn.microsoft.com/sql/t-sql/statements/alter-table-transact-sql (longer `varchar` is a change of metadata).
"""

from __future__ import annotations

_SAME = {
    "INT": "INTEGER", "INT4": "INTEGER", "INT8": "BIGINT", "INT2": "SMALLINT", "BOOL": "BOOLEAN", "DEC": "NUMERIC",
    "DECIMAL": "NUMERIC", "CHARACTER VARYING": "VARCHAR", "TIMESTAMP WITH TIME ZONE": "TIMESTAMPTZ",
    "TIMESTAMP WITHOUT TIME ZONE": "TIMESTAMP", "CHARACTER": "CHAR", "BPCHAR": "CHAR", "FLOAT8": "DOUBLE PRECISION",
    "FLOAT4": "REAL",
}  # fmt: skip
_MAYBE_SAME = frozenset(
    {"TEXT", "VARCHAR", "NUMERIC", "TIMESTAMPTZ", "TIMESTAMP", "CITEXT", "INET", "CIDR", "VARBIT", "BIT VARYING"}
    | {"INTERVAL", "TIME", "TIMETZ", "XML", "CHAR", "STRING"}
)
"""Types to which PostgreSQL changes some others without touching a row: without the old one, nothing can be said."""


def rewrites(dialect: str, before: str | None, after: str, using: str = "") -> bool | None:
    """Say whether a column's new type makes the engine write all rows anew; None where that is not known.

    Types are in upper case as written; `before` is None where the old one is not known. `using` is the expression that makes
    the new values. Engines other than PostgreSQL, MySQL and SQL Server are not known.
    """
    if dialect == "postgres":
        return _postgres(before, after, using)
    if before is None or dialect not in {"mysql", "tsql"}:
        return None
    if dialect == "mysql" and _lengthens(before, after, dialect) and not before.upper().startswith("ENUM"):
        return _outgrows(before, after)
    return not _lengthens(before, after, dialect) and not _same(before, after)


def _parts(kind: str) -> tuple[str, tuple[str, ...]]:
    """Give the name of a type and what stands in its brackets: `TIMESTAMP(3) WITH TIME ZONE` has one argument."""
    before, opened, behind = kind.upper().partition("(")
    inside, closed, after = behind.rpartition(")")
    if opened and not closed:
        return kind, ()
    base = " ".join(f"{before} {after}".split())
    return _SAME.get(base, base), tuple(part.strip() for part in inside.split(",") if part.strip())


def _same(before: str, after: str) -> bool:
    return _parts(before) == _parts(after)


def _postgres(before: str | None, after: str, using: str) -> bool | None:
    new, new_arguments = _parts(after)
    if using and not _is_cast(using):
        return True
    if before is None:
        return None if new in _MAYBE_SAME else True
    old, old_arguments = _parts(before)
    if (old, old_arguments) == (new, new_arguments):
        return False
    if old in {"VARCHAR", "TEXT"} and new == "TEXT":
        return False
    if old in {"VARCHAR", "TEXT"} and new == "VARCHAR":
        return bool(new_arguments) and not (old == "VARCHAR" and _at_most(old_arguments, new_arguments))
    if old == new == "NUMERIC":
        same_scale = (*old_arguments, "0")[1:2] == (*new_arguments, "0")[1:2]
        return bool(new_arguments) and not (same_scale and _at_most(old_arguments[:1], new_arguments[:1]))
    if (old, new) in {("CIDR", "INET"), ("VARBIT", "VARBIT"), ("BIT VARYING", "BIT VARYING")}:
        return False
    if {old, new} == {"TIMESTAMP", "TIMESTAMPTZ"} or (old == new and old in {"TIMESTAMP", "TIMESTAMPTZ", "INTERVAL"}):
        return None
    return True


def _is_cast(using: str) -> bool:
    """Say whether the expression of USING only casts the column: `total::numeric`, `CAST(total AS int)`, `total`."""
    folded = using.strip().strip("();").strip()
    return folded.replace("_", "").replace('"', "").isalnum() or "::" in folded or folded.lower().startswith("cast")


def _lengthens(before: str, after: str, dialect: str) -> bool:
    """Say whether only the room for text grows, or values are added at the end of an enumeration."""
    (old, old_arguments), (new, new_arguments) = _parts(before), _parts(after)
    if old != new:
        return False
    if old == "ENUM" and dialect == "mysql":
        return new_arguments[: len(old_arguments)] == old_arguments
    return old in {"VARCHAR", "NVARCHAR", "VARBINARY"} and _at_most(old_arguments, new_arguments)


def _outgrows(before: str, after: str) -> bool | None:
    """Say whether MySQL needs a second byte for the length of a text that did with one, from 256 bytes on.

    A character has one to four bytes: between 64 and 255 characters it depends on the character set.
    """
    lengths = [int(part) for kind in (before, after) for part in _parts(kind)[1] if part.isdecimal()]
    if len(lengths) != 2:
        return None
    old, new = lengths
    if new * 4 < 256 or old >= 256:
        return False
    return True if old * 4 < 256 <= new else None


def _at_most(old: tuple[str, ...], new: tuple[str, ...]) -> bool:
    if new == ("MAX",):
        return True
    one = len(old) == len(new) == 1 and all(part.isdecimal() and len(part) < 10 for part in (*old, *new))
    return one and int(old[0]) <= int(new[0])


def values(kind: str | None) -> tuple[str, ...] | None:
    """Give the values of a type `ENUM('a', 'b')`, quotes off; None for any other type."""
    folded = (kind or "").strip()
    if not folded.upper().startswith("ENUM") or not folded.endswith(")"):
        return None
    inside = folded[folded.index("(") + 1 : -1] if "(" in folded else ""
    return tuple(part.strip().strip("'\"") for part in inside.split(",") if part.strip())
