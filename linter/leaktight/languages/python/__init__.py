"""Python, read with the standard `ast`: exact places, one walk, names resolved through imports."""

from leaktight.languages.python.document import (
    NOT_LITERAL,
    FunctionInfo,
    FunctionNode,
    LoopNode,
    PythonDocument,
)
from leaktight.languages.python.parse import parse_python
from leaktight.languages.python.reaching import Binding, BindingKind
from leaktight.languages.python.strings import MalformedLiteral, Piece, literal_pieces

__all__ = [
    "NOT_LITERAL",
    "Binding",
    "BindingKind",
    "FunctionInfo",
    "FunctionNode",
    "LoopNode",
    "MalformedLiteral",
    "Piece",
    "PythonDocument",
    "literal_pieces",
    "parse_python",
]
