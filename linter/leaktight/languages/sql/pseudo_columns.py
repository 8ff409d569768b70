"""Names in the place of a column that are none: of the engine, of a function's words, of a lambda."""

from __future__ import annotations

from sqlglot import exp

from leaktight.languages.sql import clauses

_PSEUDO = frozenset(
    """rowid rownum level oid ctid cmin cmax xmin xmax tableoid sysdate systimestamp current_date current_time
    current_timestamp current_user session_user system_user user uid localtime localtimestamp current_catalog current_schema
    current_database current_role default maxvalue value rank docid excluded inserted deleted connect_by_isleaf
    connect_by_root prior true false null unknown on off binary all any grouping_id group_id geom geog the_geom
    wkb_geometry""".split()
)
"""What engines read as a name of their own, words that a parser takes for columns, and what `AddGeometryColumn` adds."""
_PARTS = frozenset(
    """nanosecond microsecond millisecond second minute hour day dayofweek dayofyear week isoweek month quarter year isoyear
    decade century millennium epoch dow doy date time weekday yyyy yy mm dd hh mi ss ms ns us d h m s y q w""".split()
)


def is_pseudo(name: str) -> bool:
    """Say whether an engine may read a name as one of its own."""
    folded = name.lower()
    return folded in _PSEUDO or folded.startswith("_") or not folded.replace("_", "").isalnum()


def is_part(column: exp.Column, folded: str) -> bool:
    """Say whether a name is a word of its function (`DATEADD(day, …)`), or the variable of a lambda."""
    parent = column.parent
    if folded in _PARTS and isinstance(parent, (exp.Func, exp.Var, exp.Interval)):
        return True
    while parent is not None and not isinstance(parent, clauses.QUERY):
        if isinstance(parent, (exp.Lambda, exp.Kwarg, exp.PropertyEQ, exp.Collate, exp.Connect)):
            return True
        parent = parent.parent
    return False
