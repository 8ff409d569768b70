"""SQL, parsed by sqlglot: documents, statements, scopes, and the parts of a tree by name.

sqlglot is first imported here, and two things about it are made cheaper. It wants `importlib.metadata` for dialects that
other packages bring, and importing that takes a quarter as long as all of sqlglot: a stand-in imports it when it is asked
for. And its BigQuery parser copies what stands in FROM at each join, where `copy.deepcopy` of the places of all nodes, plain
dicts of numbers, takes a tenth of the parse.
"""

from __future__ import annotations

import sys
from copy import deepcopy
from types import ModuleType

_METADATA = "importlib.metadata"


def _entry_points(**wanted: str) -> object:
    from importlib.metadata import entry_points

    return entry_points(**wanted)


def _import_sqlglot() -> None:
    stand_in = ModuleType(_METADATA)
    stand_in.__dict__["entry_points"] = _entry_points
    sys.modules.setdefault(_METADATA, stand_in)
    try:
        import sqlglot.expressions.core as core
    finally:
        if sys.modules.get(_METADATA) is stand_in:
            del sys.modules[_METADATA]
    core.__dict__["deepcopy"] = _copy


def _copy(value: object) -> object:
    if type(value) is dict and _PLAIN.issuperset(map(type, value.values())):
        return value.copy()
    return deepcopy(value)


_PLAIN = frozenset({int, bool, str})

_import_sqlglot()
