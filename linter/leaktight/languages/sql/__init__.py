"""SQL, parsed by sqlglot: documents, statements, scopes, and the parts of a tree by name.

sqlglot is first imported here, with a stand-in for `importlib.metadata`: it only wants that for dialects that other packages
bring, and importing it takes a quarter as long as all of sqlglot.
"""

from __future__ import annotations

import sys
from types import ModuleType

_METADATA = "importlib.metadata"


def _entry_points(**wanted: str) -> object:
    from importlib.metadata import entry_points

    return entry_points(**wanted)


def _import_sqlglot() -> None:
    if _METADATA in sys.modules or "sqlglot" in sys.modules:
        return
    stand_in = ModuleType(_METADATA)
    stand_in.__dict__["entry_points"] = _entry_points
    sys.modules[_METADATA] = stand_in
    try:
        import sqlglot  # noqa: F401  # for its modules, which everything here imports by name
    finally:
        if sys.modules.get(_METADATA) is stand_in:
            del sys.modules[_METADATA]


_import_sqlglot()
