"""The kinds of frames that rows come in, and what reading one shares whatever its library."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from leaktight.lazy import record
from leaktight.operations.following.columns import Named, made_by, named_columns
from leaktight.operations.following.python import PythonWalk
from leaktight.text import Span

FRAME, FRAMES, GROUPED, SERIES, MIXED = "frame", "frames", "grouped frame", "row of a frame", "joined frame"
SPARK, SPARK_GROUPED, POLARS, POLARS_GROUPED = "spark", "grouped spark", "polars", "grouped polars"
ENDED = ""
"""What a method gives that holds no rows of the query: a count, a column, a chosen part."""


@record(frozen=True, slots=True)
class Method:
    """A method of a frame: the kind of what it gives, and which of its arguments name columns.

    `names` are positions and keywords. Without any of them, `needs` says, the method uses each column. With `keys` a
    dict names columns by its keys, and any other value names none.
    """

    gives: str = ENDED
    names: tuple[int | str, ...] = ()
    needs: bool = False
    keys: bool = False


class FrameReader:
    """Reads what is done with the frames of one library."""

    def __init__(self, walk: PythonWalk) -> None:
        self.walk = walk
        self.document = walk.document
        self.notes = walk.notes

    def arguments(self, call: ast.Call, names: Iterable[int | str]) -> list[ast.expr]:
        """Give those of the arguments that are given."""
        found = [
            self.document.argument(call, name) if isinstance(name, int) else self.document.argument(call, None, name)
            for name in names
        ]
        return [item for item in found if item is not None]

    def is_open(self, call: ast.Call) -> bool:
        """Say whether a call takes arguments that cannot be told: `*args`, `**kwargs`."""
        return any(isinstance(item, ast.Starred) for item in call.args) or any(k.arg is None for k in call.keywords)

    def note(self, columns: Named | None, kind: str, span: Span) -> bool:
        """Note columns that are read; those that are not known leave sight. Say whether they are known."""
        if columns is None:
            self.notes.leaves(kind, span)
            return False
        for name, place in columns:
            self.notes.attribute(name, place)
        return True

    def make(self, name: str, node: ast.AST, span: Span | None = None) -> None:
        """Note that the code sets a column."""
        self.notes.makes(name, made_by(self.document, node, span))

    def apply(self, method: Method, call: ast.Call, kind: str, span: Span) -> None:
        """Follow the call of a method of a table."""
        given = self.arguments(call, method.names)
        if (method.needs and not given) or (method.names and self.is_open(call)):
            self.notes.leaves(kind, span)
            return
        for item in given:
            columns = named_columns(self.document, item, keys=method.keys)
            if columns is None and method.keys and not isinstance(self.document.value_of(item), ast.Name):
                continue
            if isinstance(self.document.literal(self.document.value_of(item)), str) and method.keys:
                continue
            if not self.note(columns, kind, span):
                return
        if method.gives:
            self.walk.follow(call, method.gives)

    def dot(self, attribute: ast.Attribute, kind: str, members: frozenset[str]) -> None:
        """Follow `frame.name` that is no call: a column, unless it is a member of the frame."""
        if attribute.attr in members or attribute.attr.startswith("_") or not isinstance(attribute.ctx, ast.Load):
            self.notes.leaves(kind, self.document.span(attribute.value))
        else:
            self.notes.attribute(attribute.attr, self.document.last_name_span(attribute))
