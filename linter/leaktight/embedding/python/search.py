"""Finds the SQL of a Python document: by its sinks first, then what looks like it and reached none."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property

from leaktight.embedding.call import Embedded, SqlCall, Unfolded
from leaktight.embedding.looks import starts_as_sql
from leaktight.embedding.python.candidates import Candidate, candidates_of
from leaktight.embedding.python.drivers import Drivers
from leaktight.embedding.python.files import comes_from_file, is_built_by_library
from leaktight.embedding.python.fold import StringFolder
from leaktight.embedding.python.fragments import Fragment, Text, rough, slice_of
from leaktight.embedding.python.imported import ImportedConstants, ReadFile
from leaktight.embedding.python.looks import looks_like_sql
from leaktight.embedding.python.prose import is_prose
from leaktight.embedding.python.regions import build_region
from leaktight.embedding.python.sinks import is_run_sql
from leaktight.embedding.python.surroundings import Surroundings, arguments_of, transaction_of
from leaktight.languages.python import PythonDocument
from leaktight.lazy import regex
from leaktight.source import Region
from leaktight.text import Span

_MOST_STATEMENTS = 64
"""How many statements of one list are looked at."""


def embed(document: PythonDocument, base: Region, read_file: ReadFile | None = None) -> Embedded:
    """Give all SQL of a document; `base` is the region that the document's spans refer to.

    `read_file` gives the text of a project file by its path from the root, to look imported constants up.
    Each string is answered once, with the first call that runs it. SQL that is read from a `.sql` file or
    built by a library's own objects is neither a call nor unfolded.
    """
    return _Search(document, base, read_file).run()


class _Search:
    def __init__(self, document: PythonDocument, base: Region, read_file: ReadFile | None) -> None:
        self._document = document
        self._base = base
        self._drivers = Drivers(document)
        self._folder = StringFolder(document, ImportedConstants(document, read_file))
        self._surroundings = Surroundings(document)
        self._calls: list[SqlCall] = []
        self._unfolded: list[Unfolded] = []
        self._seen: set[tuple[Span, ...]] = set()
        self._consumed: set[ast.AST] = set()

    def run(self) -> Embedded:
        later: list[tuple[ast.Call, Candidate]] = []
        for call in self._document.find(ast.Call):
            for candidate in candidates_of(self._document, call, self._drivers):
                if candidate.maker or not (candidate.certain or candidate.sink[-1] != "="):
                    later.append((call, candidate))
                else:
                    self._take(call, candidate)
        for call, candidate in later:
            self._take(call, candidate)
        self._take_loose()
        self._calls.sort(key=lambda found: (found.sql, found.span))
        return Embedded(tuple(self._calls), tuple(self._unfolded))

    # Sinks

    def _take(self, call: ast.Call, candidate: Candidate) -> None:
        for item in self._statements(candidate.expression):
            self._take_one(call, candidate, item)

    def _statements(self, expression: ast.expr) -> Iterator[ast.expr]:
        """Yield the statements of a list, or the expression itself."""
        listed = self._document.value_of(expression) if isinstance(expression, ast.Name | ast.Attribute) else expression
        if isinstance(listed, ast.List | ast.Tuple | ast.Set):
            for item in listed.elts[:_MOST_STATEMENTS]:
                if isinstance(item, ast.Tuple | ast.List) and item.elts:
                    yield item.elts[0]
                elif not isinstance(item, ast.Starred):
                    yield item
        else:
            yield expression

    def _take_one(self, call: ast.Call, candidate: Candidate, item: ast.expr) -> None:
        folder = self._folder
        folder.used = set()
        texts = folder.texts(item)
        if not texts:
            if candidate.certain and not self._is_known_otherwise(item):
                self._unfolded.append(Unfolded(self._document.span(item), _reason(item)))
            return
        if candidate.sink == "execute_statement" and not candidate.certain:
            return
        believed = [text for text in texts if self._believes(text, item, candidate)]
        if believed:
            self._consumed |= folder.used
        for text in believed:
            self._emit(text, call, candidate, item)

    def _believes(self, text: Text, item: ast.expr, candidate: Candidate) -> bool:
        said = rough(text)
        if not candidate.certain:
            return looks_like_sql(said)
        if said.rstrip().endswith((".sql", ".hql", ".ddl")) or self._is_elsewhere(text, item):
            return False
        if text[0].value is None and not starts_as_sql(rough(text[1:])):
            self._unfolded.append(Unfolded(self._document.span(item), "it begins with what is only known at run time"))
            return False
        return starts_as_sql(said) or (any(c.isspace() for c in said.strip()) and said.lstrip()[:2] in ("{{", "{%"))

    def _is_elsewhere(self, text: Text, item: ast.expr) -> bool:
        """Say whether the whole text stands in another file, where it is looked at anyway."""
        span = self._document.span(item)
        return isinstance(item, ast.Name | ast.Attribute) and all(fragment.span == span for fragment in text)

    def _is_known_otherwise(self, item: ast.expr) -> bool:
        literal = self._document.literal(self._document.value_of(item))
        if literal is None or isinstance(literal, int | str | bytes | list | dict):
            return True
        return comes_from_file(self._document, item) or is_built_by_library(self._document, item)

    def _emit(self, text: Text, call: ast.Call, candidate: Candidate, item: ast.expr) -> None:
        document = self._document
        region = build_region(unfilled(text), self._base, dialect=candidate.dialect, pyformat=True)
        if region is None or self._is_repeated(region):
            return
        receiver = document.receiver(call)
        self._calls.append(
            SqlCall(
                region=region,
                sink=candidate.sink,
                receiver="" if receiver is None else document.text_of(receiver),
                span=document.span(call),
                name=document.name_span(call),
                sql=document.span(item),
                arguments=arguments_of(document, call, candidate.expression),
                function=self._surroundings.function_of(call),
                loop=self._surroundings.loop_of(call),
                transaction=transaction_of(document, call, candidate.driver),
                many=candidate.many,
                driver=candidate.driver,
            )
        )

    def _is_repeated(self, region: Region) -> bool:
        segments = region.map.segments
        key = tuple(segment.file for segment in segments if segment.verbatim) or tuple(s.file for s in segments)
        if key in self._seen:
            return True
        self._seen.add(key)
        return False

    # What reaches no sink

    def _take_loose(self) -> None:
        document = self._document
        tops: set[ast.AST] = set()
        for literal in document.literals:
            if not _may_be_sql(literal) or literal in self._consumed:
                continue
            top = self._whole(literal)
            if top is None or top in tops:
                continue
            tops.add(top)
            if self._is_joined(top) or self._is_pasted(top):
                continue
            self._folder.used = set()
            for text in self._folder.texts(top):
                if looks_like_sql(rough(text)) and not is_prose(document, top):
                    self._consumed |= self._folder.used
                    self._emit_loose(text, top)

    def _whole(self, literal: ast.expr) -> ast.expr | None:
        """Give the whole expression that a literal begins: its sum, its `.format` call; None inside an f-string."""
        document = self._document
        at = literal
        while True:
            parent = document.parent(at)
            match parent:
                case ast.JoinedStr() | ast.FormattedValue():
                    return None
                case ast.BinOp(op=ast.Add() | ast.Mod(), left=left) if left is at:
                    at = parent
                case ast.BinOp(op=ast.Add()):
                    return None
                case ast.Attribute(attr="format" | "strip" | "replace" | "lstrip" | "rstrip" | "format_map"):
                    call = document.parent(parent)
                    if not isinstance(call, ast.Call):
                        return at
                    at = call
                case ast.Call() if document.callee_name(parent) in ("dedent", "cleandoc"):
                    at = parent
                case _:
                    return at

    def _is_joined(self, top: ast.expr) -> bool:
        """Say whether it is an item of a list that is joined into one text: no statement of its own."""
        document = self._document
        holder = document.parent(top)
        if isinstance(holder, ast.Call):
            receiver = document.receiver(holder) if document.callee_name(holder) in ("append", "insert") else None
            return receiver is not None and document.text_of(receiver) in self._joined_lists
        user = document.parent(holder) if isinstance(holder, ast.List | ast.Tuple) else None
        match user:
            case ast.Call():
                return _joins(document, user)
            case ast.Assign(targets=[target]) | ast.AnnAssign(target=target):
                return document.text_of(target) in self._joined_lists
        return False

    def _is_pasted(self, top: ast.expr) -> bool:
        """Say whether it is given a name that only other texts hold: `f"with a as ({query}) select …"`."""
        holder = self._document.parent(top)
        targets = holder.targets if isinstance(holder, ast.Assign) else []
        return len(targets) == 1 and isinstance(targets[0], ast.Name) and targets[0].id in self._pasted_names

    @cached_property
    def _pasted_names(self) -> frozenset[str]:
        """The names that f-strings hold and nothing else reads."""
        document = self._document
        held: set[str] = set()
        read: set[str] = set()
        for name in document.find(ast.Name):
            if isinstance(name.ctx, ast.Load):
                (held if isinstance(document.parent(name), ast.FormattedValue) else read).add(name.id)
        return frozenset(held - read)

    @cached_property
    def _joined_lists(self) -> frozenset[str]:
        """The names of the lists that some call of the module joins."""
        document = self._document
        found: set[str] = set()
        for call in document.find(ast.Call):
            if _joins(document, call):
                given = call.args[0]
                if isinstance(given, ast.GeneratorExp | ast.ListComp):
                    given = given.generators[0].iter
                found.add(document.text_of(given))
        return frozenset(found)

    def _emit_loose(self, text: Text, top: ast.expr) -> None:
        dialect = self._drivers.only_dialect
        region = build_region(unfilled(text), self._base, dialect=dialect, pyformat=True)
        if region is None or self._is_repeated(region):
            return
        span = self._document.span(top)
        self._calls.append(
            SqlCall(
                region,
                "",
                "",
                span,
                span,
                span,
                function=self._surroundings.function_of(top),
                driver=self._drivers.only,
                reverses=top in self._reversals,
            )
        )

    @cached_property
    def _reversals(self) -> frozenset[ast.AST]:
        """The texts with which operations of Django take back what they did, and the items of lists of them."""
        document = self._document
        found: set[ast.AST] = set()
        for call in document.find(ast.Call):
            runs = is_run_sql(document.callee_name(call))
            given = document.argument(call, 1, "reverse_sql") if runs else None
            if given is not None:
                found.update((given, *self._statements(given), document.value_of(given)))
        return frozenset(found)


def _joins(document: PythonDocument, call: ast.Call) -> bool:
    """Say whether a call joins pieces of a text; what a semicolon joins are whole statements."""
    between = document.receiver(call)
    if document.callee_name(call) != "join" or len(call.args) != 1 or between is None:
        return False
    return not (isinstance(between, ast.Constant) and isinstance(between.value, str) and ";" in between.value)


def _reason(item: ast.expr) -> str:
    match item:
        case ast.Name(id=name):
            return f"`{name}` is only known at run time"
        case ast.Call():
            return "a call makes the text"
    return "the text is only known at run time"


def _may_be_sql(literal: ast.Constant | ast.JoinedStr) -> bool:
    """Say at a glance whether a literal may begin a statement."""
    value: object = literal
    if type(literal) is ast.JoinedStr:
        value = literal.values[0] if literal.values else None
    if type(value) is not ast.Constant:
        return False
    text = value.value
    return type(text) is str and len(text) > 6 and text[0] in _STARTS and starts_as_sql(text[:2000])


_STARTS = frozenset("SIUDMCAWTREGsiudmcawtreg -/({;\n\t\r")


_UNFILLED = regex(r"(?<![{$\\])\$?\{[A-Za-z_][\w.]*\}(?!\})")


def unfilled(text: Text) -> Text:
    """Give the text with each `{name}` that nothing has filled yet as an unknown piece.

    A template that is formatted elsewhere, or Spark's own named parameters; SQL itself has no such braces.
    """
    parts: list[Fragment] = []
    for fragment in text:
        value = fragment.value
        if value is None or not fragment.verbatim or "{" not in value:
            parts.append(fragment)
            continue
        at = 0
        for match in _UNFILLED.finditer(value):
            if match.start() > at:
                parts.append(slice_of(fragment, at, match.start()))
            place = slice_of(fragment, match.start(), match.end())
            parts.append(replace(place, value=None, verbatim=False, host=match[0].strip("${}")))
            at = match.end()
        if at < len(value):
            parts.append(slice_of(fragment, at, len(value)))
    return tuple(parts)
