"""What is done with a pandas frame: which columns, rows and groups are taken of it."""

from __future__ import annotations

import ast

from leaktight.operations.following.columns import Named, named_columns
from leaktight.operations.following.frames import ENDED, FRAME, GROUPED, MIXED, SERIES, FrameReader, Method
from leaktight.operations.following.notes import ITEMS
from leaktight.operations.following.pandas_members import MEMBERS
from leaktight.operations.following.python import PythonWalk
from leaktight.text import Span

_SAME = Method(FRAME)
_METHODS = {
    **dict.fromkeys(
        ("head", "tail", "sample", "copy", "sort_index", "infer_objects", "convert_dtypes", "ffill", "bfill", "where"), _SAME
    ),
    "sort_values": Method(FRAME, (0, "by"), needs=True),
    "set_index": Method(FRAME, (0, "keys"), needs=True),
    "drop_duplicates": Method(FRAME, (0, "subset"), needs=True),
    "dropna": Method(FRAME, ("subset",), needs=True),
    "duplicated": Method(ENDED, (0, "subset"), needs=True),
    "nlargest": Method(FRAME, (1, "columns"), needs=True),
    "nsmallest": Method(FRAME, (1, "columns"), needs=True),
    "explode": Method(FRAME, (0, "column"), needs=True),
    "get": Method(ENDED, (0, "key"), needs=True),
    "pop": Method(ENDED, (0, "item"), needs=True),
    "value_counts": Method(ENDED, (0, "subset"), needs=True),
    "filter": Method(ENDED, ("items",), needs=True),
    "groupby": Method(GROUPED, (0, "by"), needs=True),
    "fillna": Method(FRAME, (0, "value"), keys=True),
    "astype": Method(FRAME, (0, "dtype"), keys=True),
    "itertuples": Method(ITEMS),
}  # fmt: skip
_ALL_OF = {"pivot_table": ("values", "index", "columns"), "pivot": ("columns", "index", "values")}
_MASKS = frozenset(
    "isin isna isnull notna notnull between contains startswith endswith match duplicated eq ne gt lt ge le any all "
    "isdigit isnumeric".split()
)
_COUNTS = frozenset({"empty", "index", "size"})
_WHOLE = ast.Slice()
_UNKNOWN = Method(needs=True)
FRAME_ROWS = "rows of a frame"
"""What `iterrows` gives beside the labels."""


class PandasFrames(FrameReader):
    """Reads pandas frames, their groups and their rows."""

    def __init__(self, walk: PythonWalk) -> None:
        super().__init__(walk)
        self._special = {
            "assign": self._assign, "rename": self._rename, "drop": self._drop, "apply": self._apply,
            "iterrows": self._iterrows, "to_dict": self._to_dict, "agg": self._agg, "aggregate": self._agg,
            "merge": self._merge, "reset_index": self._reset_index,
        }  # fmt: skip

    def subscript(self, holder: ast.Subscript, kind: str) -> None:
        """Follow `frame[…]`."""
        span = self.document.span(holder.value)
        columns = named_columns(self.document, holder.slice)
        if isinstance(holder.ctx, ast.Store):
            self._stored(holder, columns, kind)
        elif columns is not None and kind == MIXED:
            if not all(name in self.notes.reads for name, _ in columns):
                self.notes.leaves(kind, span)
        elif columns is not None:
            self.note(columns, kind, span)
        elif kind == FRAME and (isinstance(holder.slice, ast.Slice) or self._is_mask(holder.slice)):
            self.walk.follow(holder, FRAME)
        else:
            self.notes.leaves(kind, span)

    def _stored(self, holder: ast.Subscript, columns: Named | None, kind: str) -> None:
        if columns is None or kind == GROUPED:
            self.notes.leaves(kind, self.document.span(holder.value))
        elif isinstance(self.document.parent(holder), ast.AugAssign):
            self.note(columns, kind, self.document.span(holder))
        else:
            for name, _ in columns:
                self.make(name, holder)

    def _is_mask(self, key: ast.expr) -> bool:
        """Say whether a key chooses rows by a condition."""
        match self.document.value_of(key):
            case ast.Compare() | ast.BinOp(op=ast.BitAnd() | ast.BitOr()) | ast.UnaryOp(op=ast.Invert()):
                return True
            case ast.Call(func=ast.Attribute(attr=name)):
                return name in _MASKS
        return False

    def attribute(self, attribute: ast.Attribute, kind: str) -> None:
        """Follow `frame.name`, not called."""
        document = self.document
        name, holder = attribute.attr, document.parent(attribute)
        inside = isinstance(holder, ast.Subscript) and holder.value is attribute
        if kind == FRAME and name in ("loc", "at") and inside and isinstance(holder, ast.Subscript):
            self._located(holder, kind)
        elif kind == FRAME and name == "iloc" and inside and isinstance(holder, ast.Subscript):
            if isinstance(holder.slice, ast.Slice):
                self.walk.follow(holder, FRAME)
            elif isinstance(document.literal(holder.slice), int) and isinstance(holder.ctx, ast.Load):
                self.walk.follow(holder, SERIES)
            else:
                self.notes.leaves(kind, document.span(attribute.value))
        elif kind == FRAME and (
            name in _COUNTS
            or (name == "shape" and isinstance(holder, ast.Subscript) and document.literal(holder.slice) == 0)
        ):
            return
        elif kind == MIXED:
            self.notes.leaves(kind, document.span(attribute.value))
        else:
            self.dot(attribute, kind, MEMBERS)

    def _located(self, holder: ast.Subscript, kind: str) -> None:
        """Follow `frame.loc[rows]` and `frame.loc[rows, columns]`."""
        document, key = self.document, holder.slice
        span = document.span(holder)
        if not isinstance(key, ast.Tuple):
            if isinstance(holder.ctx, ast.Load) and (isinstance(key, ast.Slice) or self._is_mask(key)):
                self.walk.follow(holder, FRAME)
            elif isinstance(holder.ctx, ast.Load) and isinstance(key, ast.Constant):
                self.walk.follow(holder, SERIES)
            else:
                self.notes.leaves(kind, span)
            return
        columns = named_columns(document, key.elts[1]) if len(key.elts) == 2 else None
        if isinstance(holder.ctx, ast.Load):
            self.note(columns, kind, span)
        elif columns is None:
            self.notes.leaves(kind, span)
        elif ast.dump(key.elts[0]) == ast.dump(_WHOLE):
            self._stored(holder, columns, kind)
        elif not all(name in self.notes.made or name in self.notes.reads for name, _ in columns):
            # Some rows of a column that is there, or a new column: both are written alike.
            self.notes.leaves(kind, span)

    def method(self, call: ast.Call, name: str, kind: str, span: Span) -> None:
        """Follow the call of a method."""
        if kind == GROUPED:
            self._of_groups(call, name, span)
            return
        if kind == SERIES:
            self.apply(Method(ENDED, (0, "key"), needs=True) if name == "get" else _UNKNOWN, call, kind, span)
            return
        special = self._special.get(name) if kind == FRAME else None
        if special is not None:
            special(call, span)
        elif kind == FRAME and name in _METHODS:
            self.apply(_METHODS[name], call, kind, span)
        elif kind == FRAME and name in _ALL_OF:
            given = self.arguments(call, _ALL_OF[name])
            if len(given) != len(_ALL_OF[name]) or call.args:
                self.notes.leaves(kind, span)
            for item in given:
                self.note(named_columns(self.document, item), kind, span)
        else:
            self.notes.leaves(kind, span)

    # Methods of a shape of their own

    def _assign(self, call: ast.Call, span: Span) -> None:
        if self.is_open(call):
            self.notes.leaves(FRAME, span)
            return
        for keyword in call.keywords:
            self.walk.given_to(keyword.value, FRAME)
            self.make(str(keyword.arg), call, self.document.span(keyword))
        self.walk.follow(call, FRAME)

    def _rename(self, call: ast.Call, span: Span) -> None:
        given = self.document.argument(call, None, "columns")
        value = self.document.value_of(given) if given is not None else None
        if not isinstance(value, ast.Dict) or call.args or len(call.keywords) > 1 + self._has_inplace(call):
            self.notes.leaves(FRAME, span)
            return
        for key, new in zip(value.keys, value.values, strict=True):
            old, made = (self.document.literal(part) if part is not None else None for part in (key, new))
            if not isinstance(old, str) or not isinstance(made, str):
                self.notes.leaves(FRAME, span)
                return
            self.notes.attribute(old, self.document.span(call.func))
            self.make(made, call, self.document.span(call))
        self.walk.follow(call, FRAME)

    def _has_inplace(self, call: ast.Call) -> bool:
        return self.document.keyword(call, "inplace") is not None

    def _drop(self, call: ast.Call, span: Span) -> None:
        columns = self.document.argument(call, None, "columns")
        axis = self.document.argument(call, 1, "axis")
        if columns is None and axis is not None:
            columns = (
                self.document.argument(call, 0, "labels") if self.document.literal(axis) in (1, "columns") else None
            )
        if columns is not None and not self.note(named_columns(self.document, columns), FRAME, span):
            return
        self.walk.follow(call, FRAME)

    def _apply(self, call: ast.Call, span: Span) -> None:
        axis = self.document.argument(call, 1, "axis")
        rows = axis is not None and self.document.literal(axis) in (1, "columns")
        if not rows or not call.args or not self.walk.given_to(call.args[0], SERIES):
            self.notes.leaves(FRAME, span)

    def _iterrows(self, call: ast.Call, span: Span) -> None:
        self.walk.paired(call, FRAME_ROWS, span)

    def _to_dict(self, call: ast.Call, span: Span) -> None:
        shape = self.document.argument(call, 0, "orient")
        if shape is not None and self.document.literal(shape) in ("records", "record"):
            self.walk.follow(call, ITEMS)
        else:
            self.notes.leaves(FRAME, span)

    def _agg(self, call: ast.Call, span: Span, kind: str = FRAME) -> None:
        given = [*call.args, *self.arguments(call, ("func",))]
        named = [keyword.value for keyword in call.keywords if keyword.arg != "func"]
        if self.is_open(call) or len(given) + bool(named) != 1:
            self.notes.leaves(kind, span)
            return
        for item in given:
            value = self.document.value_of(item)
            self.note(
                named_columns(self.document, value, keys=True) if isinstance(value, ast.Dict) else None, kind, span
            )
        for value in named:
            first = value.elts[0] if isinstance(value, ast.Tuple) and value.elts else None
            if first is None and isinstance(value, ast.Call):
                first = self.document.argument(value, 0, "column")
            self.note(named_columns(self.document, first) if first is not None else None, kind, span)

    def _merge(self, call: ast.Call, span: Span) -> None:
        ours = self.arguments(call, ("on", "left_on"))
        if not ours or self.is_open(call):
            self.notes.leaves(FRAME, span)
            return
        if all(self.note(named_columns(self.document, item), FRAME, span) for item in ours):
            self.walk.follow(call, MIXED)

    def _reset_index(self, call: ast.Call, span: Span) -> None:
        self.make("index", call, span)
        self.walk.follow(call, FRAME)

    def _of_groups(self, call: ast.Call, name: str, span: Span) -> None:
        if name in ("agg", "aggregate"):
            self._agg(call, span, GROUPED)
        elif name in ("apply", "filter") and call.args and self.walk.given_to(call.args[0], FRAME):
            return
        elif name not in ("size", "ngroup", "cumcount"):
            self.notes.leaves(GROUPED, span)
