"""Tables that Python code hands to its engine: frames that DuckDB reads by the names of variables, views of Spark's."""

from __future__ import annotations

import ast

from leaktight.embedding.call import SqlCall
from leaktight.languages.document import Document
from leaktight.languages.python.document import PythonDocument
from leaktight.languages.python.reaching import BindingKind

_REGISTERS = frozenset(
    {
        "register_table",
        "registerTempTable",
        "createTempView",
        "createOrReplaceTempView",
        "createGlobalTempView",
        "createOrReplaceGlobalTempView",
    }
)
_NO_FRAMES = frozenset({BindingKind.IMPORT, BindingKind.DEFINITION})


def is_given(document: Document, call: SqlCall, dialect: str, name: str) -> bool:
    """Say whether a table that the SQL of a call names is a frame of the host's code."""
    if not isinstance(document, PythonDocument):
        return False
    # Many libraries register things by a name.
    registers = _REGISTERS | {"register"} if dialect == "duckdb" else _REGISTERS
    if any(_registers(document, one, name, registers) for one in document.find(ast.Call)):
        return True
    if dialect != "duckdb":
        return False
    from leaktight.operations.following.python_reads import reads_of

    node = reads_of(document).call_at(call.span)
    found = document.scopes.resolve(name, node) if node is not None else None
    return found is not None and all(binding.kind not in _NO_FRAMES for binding in found[1])


def _registers(document: PythonDocument, call: ast.Call, name: str, registers: frozenset[str]) -> bool:
    if document.callee_name(call) not in registers or not call.args:
        return False
    said = document.literal(call.args[0])
    return isinstance(said, str) and said.lower() == name.lower()
