"""What is done with a frame of Spark or Polars: columns named by strings and by expressions."""

from __future__ import annotations

import ast

from leaktight.operations.following.columns import alias_makers, expressed_columns
from leaktight.operations.following.frames import (
    ENDED,
    FRAME,
    POLARS,
    POLARS_GROUPED,
    SPARK,
    SPARK_GROUPED,
    FrameReader,
    Method,
)
from leaktight.operations.following.notes import ITEM, ITEMS
from leaktight.text import Span

_SAME = {kind: Method(kind) for kind in (SPARK, POLARS)}
_METHODS: dict[str, dict[str, Method]] = {
    SPARK: {
        **dict.fromkeys(("limit", "cache", "persist", "unpersist", "checkpoint", "coalesce", "drop", "sample"), _SAME[SPARK]),
        "dropDuplicates": Method(SPARK, (0, "subset"), needs=True),
        "drop_duplicates": Method(SPARK, (0, "subset"), needs=True),
        "dropna": Method(SPARK, (2, "subset"), needs=True),
        **dict.fromkeys(("collect", "take", "tail", "toLocalIterator"), Method(ITEMS)),
        "first": Method(ITEM),
        "toPandas": Method(FRAME),
        **dict.fromkeys(("count", "isEmpty"), Method()),
    },
    POLARS: {
        **dict.fromkeys(("head", "tail", "limit", "slice", "lazy", "collect", "clone", "sample"), _SAME[POLARS]),
        "unique": Method(POLARS, (0, "subset"), needs=True),
        "drop_nulls": Method(POLARS, (0, "subset"), needs=True),
        "explode": Method(POLARS, (0, "columns"), needs=True),
        "get_column": Method(ENDED, (0, "name"), needs=True),
        "to_dicts": Method(ITEMS),
        "to_pandas": Method(FRAME),
        "is_empty": Method(),
    },
}  # fmt: skip
_CHOOSES = frozenset({"select", "agg"})
_KEEPS = {SPARK: frozenset({"filter", "where"}), POLARS: frozenset({"filter"})}
_ORDERS = {SPARK: frozenset({"orderBy", "sort", "sortWithinPartitions", "repartition"}), POLARS: frozenset({"sort"})}
_GROUPS = {"groupBy": SPARK_GROUPED, "groupby": SPARK_GROUPED, "group_by": POLARS_GROUPED}
_FRAME_OF = {SPARK_GROUPED: SPARK, POLARS_GROUPED: POLARS}
_SUMS = frozenset({"sum", "avg", "mean", "min", "max"})
_COUNTS = frozenset({"height"})
_MEMBERS = frozenset(
    "columns dtypes schema rdd write writeStream na stat storageLevel isStreaming sparkSession sql_ctx is_cached shape width "
    "plot style flags height".split()
)


class SparkFrames(FrameReader):
    """Reads frames of Spark and Polars, and their groups."""

    def subscript(self, holder: ast.Subscript, kind: str) -> None:
        """Follow `frame["id"]`."""
        span = self.document.span(holder.value)
        key = self.document.literal(holder.slice)
        if isinstance(holder.slice, ast.Slice) and kind == POLARS:
            self.walk.follow(holder, kind)
        elif isinstance(key, str) and isinstance(holder.ctx, ast.Load):
            self.note([(key, self.document.span(holder.slice))], kind, span)
        elif isinstance(holder.ctx, ast.Load) and isinstance(key, list) and all(isinstance(k, str) for k in key):
            self.note([(name, self.document.span(holder.slice)) for name in key], kind, span)
        else:
            self.notes.leaves(kind, span)

    def attribute(self, attribute: ast.Attribute, kind: str) -> None:
        """Follow `frame.name`, not called."""
        if kind == SPARK:
            self.dot(attribute, kind, _MEMBERS)
        elif kind != POLARS or attribute.attr not in _COUNTS:
            self.notes.leaves(kind, self.document.span(attribute.value))

    def method(self, call: ast.Call, name: str, kind: str, span: Span) -> None:
        """Follow the call of a method."""
        if kind in _FRAME_OF:
            self._of_groups(call, name, kind, span)
            return
        table = _METHODS[kind]
        if name in _CHOOSES:
            self._expressions(call, kind, span, strings=True)
        elif name in _KEEPS[kind]:
            if self._expressions(call, kind, span, strings=False):
                self.walk.follow(call, kind)
        elif name in _ORDERS[kind]:
            if self._expressions(call, kind, span, strings=True):
                self.walk.follow(call, kind)
        elif name in _GROUPS:
            if self._expressions(call, kind, span, strings=True):
                self.walk.follow(call, _GROUPS[name])
        elif name == "withColumn" and len(call.args) == 2:
            self._with_column(call, kind, span)
        elif name == "withColumnRenamed" and len(call.args) == 2:
            self._renamed(call, kind, span)
        elif name == "with_columns":
            self._with_columns(call, kind, span)
        elif name in ("head", "iter_rows", "row") and kind in (SPARK, POLARS) and name not in table:
            self._rows(call, name, kind, span)
        elif name in table:
            self.apply(table[name], call, kind, span)
        else:
            self.notes.leaves(kind, span)

    def _expressions(self, call: ast.Call, kind: str, span: Span, *, strings: bool) -> bool:
        """Note the columns of each positional argument; say whether all are known."""
        known = bool(call.args) and not any(keyword.arg is None for keyword in call.keywords)
        for argument in call.args:
            if not strings and isinstance(self.document.literal(self.document.value_of(argument)), str):
                known = False
                continue
            columns = expressed_columns(self.document, argument, strings=strings)
            known = known and columns is not None
            for name, place in columns or ():
                self.notes.attribute(name, place)
        if not known:
            self.notes.leaves(kind, span)
        return known

    def _with_column(self, call: ast.Call, kind: str, span: Span) -> None:
        name = self.document.literal(call.args[0])
        columns = expressed_columns(self.document, call.args[1], strings=False)
        if isinstance(name, str) and self.note(columns, kind, span):
            self.make(name, call, self.document.span(call))
            self.walk.follow(call, kind)
        elif columns is not None:
            self.notes.leaves(kind, span)

    def _renamed(self, call: ast.Call, kind: str, span: Span) -> None:
        old, new = (self.document.literal(argument) for argument in call.args)
        if not isinstance(old, str) or not isinstance(new, str):
            self.notes.leaves(kind, span)
            return
        self.notes.attribute(old, self.document.span(call.args[0]))
        self.make(new, call, self.document.span(call))
        self.walk.follow(call, kind)

    def _with_columns(self, call: ast.Call, kind: str, span: Span) -> None:
        values = [*call.args, *(keyword.value for keyword in call.keywords)]
        for value in values:
            columns = expressed_columns(self.document, value, strings=False)
            if self.is_open(call) or not self.note(columns, kind, span):
                self.notes.leaves(kind, span)
                return
            for name, made in alias_makers(self.document, value):
                self.make(name, call, self.document.span(made))
        for keyword in call.keywords:
            self.make(str(keyword.arg), call, self.document.span(keyword))
        self.walk.follow(call, kind)

    def _rows(self, call: ast.Call, name: str, kind: str, span: Span) -> None:
        if name == "head":
            self.walk.follow(call, ITEMS if call.args else ITEM)
            return
        named = self.document.argument(call, None, "named")
        if named is not None and self.document.literal(named) is True:
            self.walk.follow(call, ITEMS if name == "iter_rows" else ITEM)
        else:
            self.notes.leaves(kind, span)

    def _of_groups(self, call: ast.Call, name: str, kind: str, span: Span) -> None:
        if name == "agg":
            self._expressions(call, kind, span, strings=False)
        elif name in _SUMS and kind == SPARK_GROUPED:
            self._expressions(call, kind, span, strings=True)
        elif name not in ("count", "len"):
            self.notes.leaves(kind, span)
