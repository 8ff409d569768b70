"""All SQL of a JavaScript or TypeScript document: the sinks, and the statements that reach none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leaktight.embedding.call import Argument, Embedded, SqlCall, Unfolded
from leaktight.embedding.drivers import dialect_of_driver
from leaktight.embedding.javascript.drivers import Drivers
from leaktight.embedding.javascript.fold import fold, text_of
from leaktight.embedding.javascript.looks import has_clause
from leaktight.embedding.javascript.parts import Flattener, Part, is_sql_tag
from leaktight.embedding.javascript.sinks import RUNNERS, SINKS, Sink, Trust, names_database
from leaktight.embedding.javascript.strays import stray_literals
from leaktight.embedding.javascript.surroundings import Surroundings
from leaktight.embedding.looks import starts_as_sql
from leaktight.languages.javascript import JavascriptDocument, ObjectView
from leaktight.source import Region

if TYPE_CHECKING:
    from tree_sitter import Node

_SERVICES = (("athena", "athena"), ("rds", "rds-data"), ("redshift", "redshift-data"))


def embed(document: JavascriptDocument, base: Region) -> Embedded:
    """Find the SQL of a document.

    A hole of a tagged template that binds its values has the kind VALUE, and the call's `sink` ends with
    a backtick; any other hole is pasted into the text.
    """
    return _Finder(document, base).found()


class _Finder:
    """Goes through the calls of one document once."""

    def __init__(self, document: JavascriptDocument, base: Region) -> None:
        self._document = document
        self._base = base
        self._flattener = Flattener(document)
        self._drivers = Drivers(document)
        self._surroundings = Surroundings(document)
        self._calls: list[SqlCall] = []
        self._read: set[int] = set()
        self._unfolded: list[Unfolded] = []
        self._wrappers: dict[str, Sink] = {}
        self._prepared: dict[int, list[Node]] | None = None

    def found(self) -> Embedded:
        document = self._document
        tags: list[Node] = []
        for call in document.find("call_expression", "new_expression"):
            if is_sql_tag(document, call):
                tags.append(call)
                continue
            sink = SINKS.get(document.callee_name(call))
            if sink is not None:
                self._read_call(call, sink)
        self._read_wrappers()
        for tag in tags:
            if not self._flattener.kept(document.arguments(tag)[0]):
                self._read_tag(tag)
        for literal in stray_literals(document, self._flattener):
            self._read_stray(literal)
        self._calls.sort(key=lambda call: (call.span, call.sql))
        return Embedded(tuple(self._calls), tuple(self._unfolded))

    def _read_call(self, call: Node, sink: Sink) -> None:
        document = self._document
        given = document.arguments(call)
        if len(given) <= sink.position or document.parent(given[0]) is None:
            return
        receiver = document.receiver_node(call)
        if receiver is None and call.type != "new_expression" and sink.trust is Trust.SHAPE and not sink.wrapper:
            return
        argument = given[sink.position]
        values = document.resolve(argument)
        if values.type == "array":
            items = [item for item in values.named_children if item.type not in ("comment", "spread_element")]
            for item in items:
                self._read_argument(call, sink, item, receiver)
            return
        self._read_argument(call, sink, argument, receiver)

    def _read_argument(self, call: Node, sink: Sink, argument: Node, receiver: Node | None) -> None:
        document = self._document
        keywords: ObjectView | None = None
        view = document.object_literal(argument) if sink.keys else None
        if view is not None:
            found = next((view.get(key) for key in sink.keys if key in view), None)
            if found is None:
                return
            argument, keywords = found.value, view
            items = document.resolve(argument)
            if items.type == "array":
                for item in items.named_children:
                    self._read_text(call, sink, item, receiver, keywords)
                return
        elif "Sql" in sink.keys or "QueryString" in sink.keys:
            return
        arms = document.unwrap(argument)
        if arms.type == "ternary_expression":
            for name in ("consequence", "alternative"):
                arm = arms.child_by_field_name(name)
                if arm is not None:
                    self._read_text(call, sink, arm, receiver, keywords)
            return
        self._read_text(call, sink, argument, receiver, keywords)

    def _read_text(
        self, call: Node, sink: Sink, argument: Node, receiver: Node | None, keywords: ObjectView | None
    ) -> None:
        document = self._document
        parts = self._flattener.parts(argument)
        text = text_of(parts)
        known = any(part.text.strip() for part in parts if part.expression is None)
        name = document.callee_name(call)
        driver = sink.driver or self._driver(call, name, receiver, keywords)
        vouched = sink.trust is Trust.SURE or (
            sink.trust is Trust.VERB and (driver is not None or names_database(document.receiver(call)))
        )
        if not known:
            if self._is_wrapper(parts, driver, vouched=vouched):
                return
            if sink.trust is Trust.SURE or (sink.trust is Trust.VERB and driver is not None):
                self._note_unknown(argument, parts)
            return
        is_sql = bool(sink.prefix) or (starts_as_sql(text) if vouched else has_clause(text))
        if not is_sql:
            return
        self._flattener.keep()
        self._read.add(call.id)
        if self._drivers.is_foreign(receiver):
            return
        bound = any(part.bound for part in parts) or is_sql_tag(document, document.resolve(argument))
        prefix = Part(document.name_span(call), sink.prefix, verbatim=False) if sink.prefix else None
        region = fold(document, self._base, parts, dialect=dialect_of_driver(driver or ""), prefix=prefix)
        runs = self._runs_of(call) if name == "prepare" else []
        self._calls.append(
            SqlCall(
                region=region,
                sink=name + "`" * bound,
                receiver=document.receiver(call),
                span=document.span(call),
                name=document.name_span(call),
                sql=document.span(argument),
                arguments=self._arguments(call, argument, keywords, runs),
                function=self._surroundings.function(call),
                loop=next(filter(None, map(self._surroundings.loop, [call, *runs])), None),
                transaction=next(filter(None, map(self._surroundings.transaction, [call, *runs])), None),
                many=sink.many or _inserts_rows(region.text),
                driver=driver,
            )
        )

    def _is_wrapper(self, parts: list[Part], driver: str | None, *, vouched: bool) -> bool:
        """Note a function that runs what it is given: `const run = (sql, values) => pool.query(sql, values)`."""
        document = self._document
        if len(parts) != 1 or parts[0].expression is None or not vouched:
            return False
        node = document.resolve(parts[0].expression)
        function = document.function_of(node)
        if node.type not in ("identifier", "shorthand_property_identifier") or function is None:
            return False
        name = document.function_name(function).rsplit(".", 1)[-1]
        declared = next(
            (one for one in document.declarations(document.text_of(node), node) if one.scope == function), None
        )
        position = document.parameter_position(function, declared.name) if declared is not None else None
        if declared is None or position is None or not name:
            return False
        if len(declared.path) > 1 or "" in declared.path:
            return True
        self._wrappers[name] = Sink(Trust.SHAPE, position, keys=declared.path, driver=driver, wrapper=True)
        return True

    def _read_wrappers(self) -> None:
        """Read the calls of the module's own functions that run what they are given."""
        if not self._wrappers:
            return
        document = self._document
        for call in document.find("call_expression"):
            found = self._wrappers.get(document.callee_name(call))
            if found is None or call.id in self._read or is_sql_tag(document, call):
                continue
            if document.receiver(call) in ("", "this"):
                self._read_call(call, found)

    def _read_tag(self, call: Node) -> None:
        document = self._document
        parts = self._flattener.parts(call)
        tag = call.child_by_field_name("function")
        if tag is None or tag.type != "call_expression":
            tag = call
        name = document.callee_name(tag)
        if not has_clause(text_of(parts)) and not (name.startswith("$") and starts_as_sql(text_of(parts))):
            return
        self._flattener.keep()
        sink = SINKS.get(name)
        driver = sink.driver if sink is not None else None
        driver = driver or self._drivers.of(document.receiver_node(tag) or tag.child_by_field_name("function"))
        template = document.arguments(call)[0]
        self._calls.append(
            SqlCall(
                region=fold(document, self._base, parts, dialect=dialect_of_driver(driver or "")),
                sink=name + "`",
                receiver=document.receiver(tag),
                span=document.span(call),
                name=document.name_span(tag),
                sql=document.span(template),
                function=self._surroundings.function(call),
                loop=self._surroundings.loop(call),
                transaction=self._surroundings.transaction(call),
                driver=driver,
            )
        )

    def _read_stray(self, literal: Node) -> None:
        document = self._document
        parts = self._flattener.parts(literal)
        span = document.span(literal)
        self._calls.append(
            SqlCall(
                region=fold(document, self._base, parts, dialect=dialect_of_driver(self._drivers.only or "")),
                sink="",
                receiver="",
                span=span,
                name=span,
                sql=span,
                function=self._surroundings.function(literal),
                driver=self._drivers.only,
            )
        )

    def _driver(self, call: Node, name: str, receiver: Node | None, keywords: ObjectView | None) -> str | None:
        if keywords is not None and "sqlText" in keywords:
            return "snowflake-sdk"
        if name.lower().endswith(("executestatement", "executestatementcommand")):
            modules = " ".join(module for module, _ in self._document.imports.values())
            named = modules + " " + self._document.receiver(call).lower()
            return next((driver for word, driver in _SERVICES if word in named), self._drivers.of(receiver))
        return self._drivers.of(receiver)

    def _note_unknown(self, argument: Node, parts: list[Part]) -> None:
        node = self._document.unwrap(argument)
        if self._document.resolve(node).type in (
            "object",
            "arrow_function",
            "function_expression",
            "array",
            "new_expression",
        ):
            return
        if node.type == "call_expression" and is_sql_tag(self._document, node):
            return
        text = self._document.text_of(node)
        if any(part.expression is not None for part in parts):
            self._unfolded.append(
                Unfolded(self._document.span(node), f"the text of `{text[:60]}` is only known at run time")
            )

    def _runs_of(self, prepare: Node) -> list[Node]:
        """The calls that run a prepared statement: `statement.run(…)`."""
        document = self._document
        if self._prepared is None:
            self._prepared = {}
            for call in document.find("call_expression"):
                if document.callee_name(call) in RUNNERS:
                    holder = document.receiver_node(call)
                    made = document.resolve(holder) if holder is not None else None
                    if made is not None and made.type == "await_expression" and made.named_child_count:
                        made = document.unwrap(made.named_children[0])
                    if made is not None and made.type == "call_expression":
                        self._prepared.setdefault(made.id, []).append(call)
        return self._prepared.get(prepare.id, [])

    def _arguments(self, call: Node, sql: Node, keywords: ObjectView | None, runs: list[Node]) -> tuple[Argument, ...]:
        document = self._document
        found: list[Argument] = []
        for argument in [*document.arguments(call), *(one for run in runs for one in document.arguments(run))]:
            if argument.start_byte <= sql.start_byte < argument.end_byte:
                continue
            if keywords is not None and document.resolve(argument) == keywords.node:
                continue
            found.append(Argument(document.text_of(argument), document.span(argument)))
        found += [
            Argument(document.text_of(item.value), document.span(item.value), item.name)
            for item in (keywords.properties.values() if keywords is not None else ())
            if not item.value.start_byte <= sql.start_byte < item.value.end_byte
        ]
        return tuple(found)


def _inserts_rows(text: str) -> bool:
    """Whether the text is mysql's form for many rows: `INSERT … VALUES ?`."""
    return text.rstrip().rstrip(";").rstrip().lower().endswith("values ?")
