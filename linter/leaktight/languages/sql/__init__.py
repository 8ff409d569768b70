"""SQL, parsed by sqlglot: documents, statements, scopes, and the parts of a tree by name.

sqlglot is first imported here, and two things about it are made cheaper. It wants `importlib.metadata` for dialects that
other packages bring, and importing that takes a quarter as long as all of sqlglot: a stand-in imports it when it is asked
for. And its BigQuery parser copies what stands in FROM at each join, where `copy.deepcopy` of the places of all nodes, plain
dicts of numbers, takes a tenth of the parse.
"""

from __future__ import annotations

import sys
from copy import deepcopy
from importlib import import_module
from types import ModuleType

_METADATA = "importlib.metadata"


class _StandIn(ModuleType):
    """Gives way to the real module as soon as anything but `entry_points` is wanted of it."""

    @staticmethod
    def entry_points(**wanted: str) -> object:
        """Ask the real module."""
        return _real().entry_points(**wanted)

    def __getattr__(self, name: str) -> object:
        if name.startswith("__"):  # the import system asks what kind of module it has here
            raise AttributeError(name)
        return getattr(_real(), name)


def _real() -> ModuleType:
    if isinstance(sys.modules.get(_METADATA), _StandIn):
        del sys.modules[_METADATA]
    return import_module(_METADATA)


def _import_sqlglot() -> None:
    stand_in = _StandIn(_METADATA)
    sys.modules.setdefault(_METADATA, stand_in)
    try:
        import sqlglot.expressions.core as core
    finally:
        if sys.modules.get(_METADATA) is stand_in:
            del sys.modules[_METADATA]
    if "deepcopy" in core.__dict__:
        core.__dict__["deepcopy"] = _copy


def _copy(value: object) -> object:
    if type(value) is dict and _PLAIN.issuperset(map(type, value.values())):
        return value.copy()
    return deepcopy(value)


_PLAIN = frozenset({int, bool, str})

_import_sqlglot()
