"""Follows what a SQL call in Python gives: cursors, rows, frames; notes the columns that are read by name."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence

from leaktight.languages.python.document import PythonDocument
from leaktight.operations.following.columns import made_by
from leaktight.operations.following.frames import (
    FRAME,
    FRAMES,
    GROUPED,
    MIXED,
    POLARS,
    POLARS_GROUPED,
    SERIES,
    SPARK,
    SPARK_GROUPED,
)
from leaktight.operations.following.notes import FURTHEST, ITEM, ITEMS
from leaktight.operations.following.pandas_frames import FRAME_ROWS, PandasFrames
from leaktight.operations.following.python import PythonWalk
from leaktight.operations.following.python_reads import reads_of
from leaktight.operations.following.spark_frames import SparkFrames
from leaktight.text import Span

CURSOR = "cursor"
"""What has run a statement and gives its rows: a cursor, a result, a job."""
_GIVES = {
    **dict.fromkeys(("fetchall", "fetchmany", "fetch", "all"), ITEMS),
    **dict.fromkeys(("fetchone", "fetchrow", "first", "one", "one_or_none"), ITEM),
    **dict.fromkeys(("mappings", "result", "execution_options", "yield_per"), CURSOR),
    **dict.fromkeys(("to_dataframe", "df", "fetchdf", "fetch_df", "to_df", "fetch_pandas_all", "fetch_dataframe"), FRAME),
    "pl": POLARS,
    "to_dataframe_iterable": FRAMES,
    "fetch_pandas_batches": FRAMES,
}  # fmt: skip
_QUIET = frozenset({"close", "commit", "rollback", "cancel", "add_done_callback", "done"})
_COUNTS = frozenset({"rowcount", "total_rows", "lastrowid", "rownumber", "job_id", "total_bytes_processed"})
_AGAIN = frozenset({"execute", "executemany", "callproc", "executescript", "nextset", "copy_expert"})
_AS_DICT = frozenset({"_asdict", "asDict", "as_dict"})
_PANDAS = frozenset({FRAME, GROUPED, SERIES, MIXED})
_OTHER = frozenset({SPARK, SPARK_GROUPED, POLARS, POLARS_GROUPED})
_MODELS = frozenset({"parse_obj", "model_validate", "from_orm", "from_row", "from_record", "from_dict"})
"""Methods of classes that make an object of a row."""
_GENERIC = frozenset({"Optional", "List", "Sequence", "Iterable", "Union", "list"})
_SHAPELESS = frozenset(
    {"Any", "Dict", "Tuple", "Mapping", "Row", "Record", "DataFrame", "RowMapping", "Cursor", "Result"}
)
"""Types of rows and frames that are no object yet."""
_IDENTITY = (ast.Is, ast.IsNot)
_CONDITIONAL = (ast.If, ast.For, ast.AsyncFor, ast.While, ast.Try, ast.Match)
_INNER = {CURSOR: ITEM, FRAMES: FRAME, FRAME_ROWS: SERIES}


class RowWalk(PythonWalk):
    """The rows of one SQL call on their way."""

    def __init__(self, document: PythonDocument) -> None:
        super().__init__(document)
        self._reads = reads_of(document)
        pandas, others = PandasFrames(self), SparkFrames(self)
        self._frames: dict[str, PandasFrames | SparkFrames] = {
            **dict.fromkeys(_PANDAS, pandas),
            **dict.fromkeys(_OTHER, others),
        }

    # Names

    def uses(self, target: ast.Name) -> Iterable[ast.expr] | None:
        """Give the uses that a binding reaches; None where that is not known, or another cell may use the name."""
        scope = self.document.scopes.scope_of(target)
        if isinstance(scope, ast.Module) and self.document.source.cells:
            return None
        return self._reads.reached(target)

    def uses_in(self, scope: ast.AST, name: str) -> Iterable[ast.expr]:
        """Give each place that reads a name of a scope."""
        return self._reads.loads(scope, name)

    # Steps

    def go_on(self, node: ast.AST, kind: str, span: Span) -> None:
        """Follow a value one step."""
        holder = self.document.parent(node)
        match holder:
            case ast.withitem(optional_vars=ast.Name() as target) if holder.context_expr is node:
                self.name(target, kind)
            case ast.keyword(arg=None) if kind == ITEM and self._makes_object(holder):
                self.notes.modelled = self.notes.modelled or span
            case ast.Return() if kind in (ITEM, ITEMS) and self._promises_object(holder):
                self.notes.modelled = self.notes.modelled or span
            case ast.Expr() if self.document.source.cells and isinstance(self.document.parent(holder), ast.Module):
                self.notes.leaves(kind, span)
            case _:
                super().go_on(node, kind, span)

    def subscript(self, holder: ast.Subscript, kind: str) -> None:
        """Follow `value[…]`."""
        reader = self._frames.get(kind)
        if reader is not None and isinstance(holder.ctx, ast.Del):
            self.notes.leaves(kind, self.document.span(holder))
        elif reader is not None:
            reader.subscript(holder, kind)
        else:
            super().subscript(holder, kind)

    def stored(self, holder: ast.Subscript | ast.Attribute, name: str) -> None:
        """Note that a column of a row is set, by `+=` after it was read."""
        if isinstance(self.document.parent(holder), ast.AugAssign):
            self.notes.attribute(name, self.document.span(holder))
        else:
            self.notes.makes(name, made_by(self.document, holder))

    def plain_attribute(self, attribute: ast.Attribute, kind: str) -> None:
        """Follow what is read by a dot, without a call."""
        reader = self._frames.get(kind)
        name = attribute.attr
        if reader is not None:
            reader.attribute(attribute, kind)
        elif kind == ITEM and name == "_mapping":
            self.follow(attribute, ITEM)
        elif kind == ITEM and isinstance(attribute.ctx, ast.Load) and not name.startswith("_") and name != "Index":
            self.notes.attribute(name, self.document.last_name_span(attribute))
        elif kind != CURSOR or name not in _COUNTS:
            self.notes.leaves(kind, self.document.span(attribute.value))

    def method(self, call: ast.Call, name: str, kind: str, span: Span) -> None:
        """Follow the call of a method of the value."""
        reader = self._frames.get(kind)
        if reader is not None:
            reader.method(call, name, kind, span)
        elif kind == CURSOR and name in _GIVES:
            self.follow(call, _GIVES[name])
        elif kind == ITEM and name in _AS_DICT:
            self.follow(call, ITEM)
        elif kind != CURSOR or name not in _QUIET:
            super().method(call, name, kind, span)

    def compared(self, holder: ast.Compare, node: ast.AST, kind: str) -> None:
        """Follow a value into a comparison; one of a row or a frame compares each column."""
        super().compared(holder, node, kind)
        if kind in (CURSOR, ITEMS) or all(isinstance(one, (*_IDENTITY, ast.In, ast.NotIn)) for one in holder.ops):
            return
        self.notes.leaves(kind, self.document.span(node))

    def iterated(self, target: ast.AST, kind: str, span: Span) -> None:
        """Follow what a loop gives its variable."""
        if kind == GROUPED and isinstance(target, ast.Tuple) and len(target.elts) == 2:
            target, inner = target.elts[1], FRAME
        else:
            inner = _INNER.get(kind, "")
        if inner and isinstance(target, ast.Name):
            self.name(target, inner)
        else:
            super().iterated(target, kind, span)

    def argument(self, call: ast.Call, node: ast.AST, kind: str, span: Span) -> None:
        """Follow a value that a call is given."""
        name = self.document.callee_name(call) if isinstance(call.func, ast.Name) else ""
        if name == "next" and kind in _INNER:
            self.follow(call, _INNER[kind])
        elif name == "getattr" and kind == ITEM and len(call.args) > 1 and call.args[0] is node:
            said = self.document.literal(call.args[1])
            if isinstance(said, str):
                self.notes.attribute(said, self.document.span(call.args[1]))
            else:
                self.notes.leaves(kind, span)
        elif kind == ITEM and self.document.callee_name(call) in _MODELS:
            self.notes.modelled = self.notes.modelled or span
        else:
            super().argument(call, node, ITEMS if kind == CURSOR else kind, span)

    def _makes_object(self, unpacked: ast.keyword) -> bool:
        """Say whether a row is unpacked into a class: `Order(**row)`, `cls(**row)`."""
        call = self.document.parent(unpacked)
        name = self.document.callee_name(call) if isinstance(call, ast.Call) else ""
        return name == "cls" or name == "__class__" or name[:1].isupper()

    def _promises_object(self, returned: ast.Return) -> bool:
        """Say whether a function says that what it returns is an object of a class: `-> Order`, `-> list[Order] | None`."""
        function = self.document.function_of(returned)
        kind = function.returns if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef) else None
        names = {one.id for one in self.document.find_in(kind, ast.Name)} if kind is not None else set()
        names -= _GENERIC
        return bool(names) and all(name[:1].isupper() and name not in _SHAPELESS for name in names)

    # Cursors

    def follow_cursor(self, call: ast.Call, receiver: ast.expr) -> None:
        """Follow the cursor that a call was made on, up to the next statement that it runs."""
        document = self.document
        uses = self._same(receiver, call)
        end = document.span(call).end
        at = self._reads.after(uses, end)
        loop = document.loop_of(call)
        head = document.span(loop).start if loop is not None else end
        if any(self._fetches(use) for use in uses[self._reads.after(uses, head) : at]):
            self.notes.leaves(CURSOR, document.span(call))
            return
        kept = not self._is_dropped(call)
        later = uses[at : at + FURTHEST]
        for use in later:
            if self._runs_again(use):
                if self._is_other_way(call, use) and (not kept or any(self._fetches(one) for one in later)):
                    self.notes.leaves(CURSOR, document.span(use))
                return
            if not kept or self._fetches(use):
                self.follow(use, CURSOR)

    def _same(self, receiver: ast.expr, call: ast.Call) -> Sequence[ast.expr]:
        """Give the uses of the cursor in the function of the call, in the order of the source."""
        document = self.document
        if isinstance(receiver, ast.Name):
            resolved = document.scopes.resolve(receiver.id, receiver)
            return self._reads.loads(resolved[0], receiver.id) if resolved is not None else ()
        function = document.function_of(call)
        return self._reads.attributes(function if function is not None else document.tree, document.text_of(receiver))

    def _is_dropped(self, call: ast.Call) -> bool:
        holder = self.document.parent(call)
        if isinstance(holder, ast.Await):
            holder = self.document.parent(holder)
        return isinstance(holder, ast.Expr)

    def _fetches(self, use: ast.expr) -> bool:
        holder = self.document.parent(use)
        if isinstance(holder, ast.Attribute):
            return holder.attr in _GIVES
        if isinstance(holder, ast.For | ast.AsyncFor | ast.comprehension):
            return holder.iter is use
        return isinstance(holder, ast.Call) and self.document.callee_name(holder) in (
            "list",
            "next",
            "enumerate",
            "dict",
        )

    def _runs_again(self, use: ast.expr) -> bool:
        holder = self.document.parent(use)
        return isinstance(holder, ast.Attribute) and holder.attr in _AGAIN

    def _is_other_way(self, first: ast.AST, second: ast.AST) -> bool:
        """Say whether the second place may not be run after the first: it stands in another arm, or under a condition."""
        around = list(self.document.ancestors(first))
        child: ast.AST = second
        for holder in self.document.ancestors(second):
            if holder in around:
                at = around.index(holder)
                ours = around[at - 1] if at else first
                blocks = (
                    getattr(holder, field, None) for field in ("body", "orelse", "handlers", "cases", "finalbody")
                )
                same = any(isinstance(block, list) and ours in block and child in block for block in blocks)
                return not same or (child is not second and isinstance(child, _CONDITIONAL))
            child = holder
        return False
