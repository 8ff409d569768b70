"""How a column's name is written in a dialect so that it stays a name, and how it stands in a select list."""

from __future__ import annotations

from sqlglot import exp

BACKTICKS = frozenset(
    {"bigquery", "mysql", "spark", "spark2", "databricks", "hive", "singlestore", "starrocks", "doris"}
)
"""Dialects that put names in backticks."""
_LOWERS = frozenset({"postgres", "redshift", "materialize", "risingwave"})
"""Dialects in which a name without quotes is lower case, whatever its letters."""
_UPPERS = frozenset({"snowflake", "oracle", "exasol"})
_RESERVED = frozenset(
    "all analyse analyze and any array as asc asymmetric authorization between binary both by case cast check collate "
    "collation column concurrently condition constraint create cross current_catalog current_date current_role "
    "current_schema current_time current_timestamp current_user database default deferrable delete desc describe distinct "
    "div do drop dual each else end escape except exclude exists explain extract false fetch float following for force "
    "foreign freeze from full function grant group groups having hash if ignore ilike in index initially inner insert int "
    "integer intersect interval into is isnull iterate join key keys kill lateral leading left like limit linear lines load "
    "localtime localtimestamp lock long lookup loop match merge mod natural new no not notnull null nulls of off offset old "
    "on only open option optionally or order out outer over overlaps partition placing plan precision preceding primary "
    "procedure proto public purge qualify range read references regexp release rename repeat replace require restrict "
    "return returning revoke right rlike row rows schema select session_user set show similar some sql start struct symmetric "
    "system system_user table tablesample then to top trailing treat trigger true truncate unbounded undo union unique "
    "unlock unnest unsigned update usage use user using values varchar varying verbose view virtual when where window with "
    "within write xor zerofill".split()
)
"""What some dialect reads as a word of its own in a select list."""


def written(name: str, dialect: str, *, exact: bool = False, quoted: bool = False) -> str:
    """Give a name as it is written in a query, in quotes where it would be read otherwise.

    `exact` says that its letters are those of the result, which drivers may give in lower case; `quoted` that its
    declaration quotes it. Otherwise its case is that of a declaration where it does not count.
    """
    plain = name.replace("_", "a").isalnum() and name.isascii() and not name[0].isdigit()
    folded = (exact or quoted) and (
        (dialect in _LOWERS and name != name.lower())
        or (dialect in _UPPERS and name != name.upper() and (quoted or name != name.lower()))
    )
    if plain and not folded and name.lower() not in _RESERVED:
        return name
    if not (
        exact or quoted
    ):  # In quotes a name is read as it stands: it must be what the declaration's became without them.
        name = name.lower() if dialect in _LOWERS else name.upper() if dialect in _UPPERS else name
    if dialect in BACKTICKS:
        return "`" + name.replace("`", "``") + "`"
    if dialect == "tsql":
        return "[" + name.replace("]", "]]") + "]"
    return '"' + name.replace('"', '""') + '"'


def output_name(projection: exp.Expr) -> exp.Identifier | None:
    """Give the name of a select item as it stands there: the alias, or that of the column or field."""
    name: object = None
    if isinstance(projection, exp.Alias):
        name = projection.args.get("alias")
    elif isinstance(projection, (exp.Column, exp.Dot)):
        name = projection.expression if isinstance(projection, exp.Dot) else projection.this
    return name if isinstance(name, exp.Identifier) and name.name else None


def is_quoted(name: exp.Identifier) -> bool:
    """Say whether quotes stand around a name."""
    return bool(name.args.get("quoted"))
