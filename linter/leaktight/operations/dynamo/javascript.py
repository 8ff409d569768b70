"""DynamoDB requests of the AWS SDK for JavaScript: commands, paginators and clients, of version 3 and 2."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from leaktight.context import PathContext
from leaktight.languages.javascript.calls import FUNCTIONS
from leaktight.languages.javascript.document import JavascriptDocument
from leaktight.operations.dynamo.javascript_clients import Clients, Sent
from leaktight.operations.dynamo.javascript_members import MemberReader
from leaktight.operations.dynamo.javascript_names import Names
from leaktight.operations.dynamo.javascript_paging import page_edits
from leaktight.operations.dynamo.javascript_usage import Walk
from leaktight.operations.dynamo.usage import CURSOR, response_of
from leaktight.operations.dynamo.vocabulary import PAGED, READS
from leaktight.operations.dynamodb import DynamodbRequest, Response
from leaktight.operations.following.notes import PAGES, RESPONSE
from leaktight.operations.project import Project
from leaktight.text import Span

if TYPE_CHECKING:
    from tree_sitter import Node

_WORDS = (
    "identifier", "property_identifier", "shorthand_property_identifier", "shorthand_property_identifier_pattern",
    "string_fragment",
)  # fmt: skip


def javascript_requests(document: JavascriptDocument, project: Project, path: PathContext) -> list[DynamodbRequest]:
    """Give the requests of a document in its order."""
    return list(_Javascript(document, project, path).requests())


class _Javascript:
    def __init__(self, document: JavascriptDocument, project: Project, path: PathContext) -> None:
        self._document = document
        self._project = project
        self._path = path
        self._clients = Clients(document)
        self._names = Names(document)
        self._reader = MemberReader(document, self._names)

    def requests(self) -> Iterator[DynamodbRequest]:
        for node in self._document.find("new_expression"):
            sent = self._clients.command(node)
            if sent is not None:
                yield self._request(sent)
        for node in self._document.find("call_expression"):
            sent = self._clients.call(node)
            if sent is not None:
                yield self._request(sent)

    def _request(self, sent: Sent) -> DynamodbRequest:
        document = self._document
        view = document.object_literal(sent.given) if sent.given is not None else None
        parameters = self._reader.parameters(view) if view is not None else {}
        name = view.get("TableName") if view is not None else None
        reference = self._reader.reference(name.value) if name is not None else ""
        request = DynamodbRequest(
            document,
            sent.operation,
            sent.sdk,
            document.name_span(sent.node),
            document.span(sent.node),
            self._project,
            self._path,
            parameters=parameters,
            complete=view is not None and view.complete,
            inlet=self._reader.inlet(view) if view is not None else None,
            paginated=sent.kind == "pages" or self._turns_pages(sent.node),
            table_text=document.text_of(document.resolve(name.value)) if name is not None else "",
            reference=reference,
            table=self._project.dynamodb_table(reference, document.source.path) if reference else None,
            function=self._names.holder_of(sent.node),
        )
        if sent.operation in READS:
            request = replace(request, response=self._response(sent))
            if sent.operation in PAGED and sent.kind == "command" and not request.paginated:
                return replace(request, page_edits=page_edits(document, self._names, sent, request))
            return request
        item = view.get("Item") if view is not None and sent.operation == "Put" else None
        if item is not None:
            retried = self._reader.retried(sent.node)
            return replace(
                request, item=self._reader.item(item.value), evidence=(retried,) if retried is not None else ()
            )
        return request

    def _turns_pages(self, node: Node) -> bool:
        """Say whether anything in the outermost function around names the key of the next page."""
        if not self._cursors:
            return False
        outermost = self._names.outermost(node)
        within = self._document.span(outermost if outermost is not None else self._document.root)
        return any(within.contains(place) for place in self._cursors)

    @cached_property
    def _cursors(self) -> list[Span]:
        """The places that name the key of the next page: strings, properties, variables; no comments."""
        document = self._document
        if CURSOR not in document.text:
            return []
        return [document.span(one) for one in document.find(*_WORDS) if CURSOR in document.text_of(one)]

    # Responses

    def _response(self, sent: Sent) -> Response | None:
        walk = Walk(self._document, self._names)
        if sent.kind == "pages":
            walk.follow(sent.node, PAGES)
            return response_of(walk.notes)
        calls = list(self._senders(sent.node)) if sent.kind == "command" else [sent.node]
        if not calls:
            return None
        for call in calls:
            given = self._document.arguments(call)
            callback = given[-1] if len(given) > 1 else None
            if callback is not None and self._document.resolve(callback).type in FUNCTIONS:
                walk.callback(callback, (1,), RESPONSE)
            else:
                walk.follow(call, RESPONSE)
        return response_of(walk.notes)

    def _senders(self, command: Node) -> Iterator[Node]:
        """Yield the calls that send a command: `client.send(new ScanCommand(…))`, or by its name."""
        holder = self._document.parent(command)
        while holder is not None and holder.type in ("as_expression", "parenthesized_expression"):
            command, holder = holder, self._document.parent(holder)
        if holder is None:
            return
        if holder.type == "arguments":
            call = self._document.parent(holder)
            if call is not None and self._document.callee_name(call) == "send":
                yield call
        elif holder.type in ("variable_declarator", "assignment_expression"):
            name = holder.child_by_field_name("name") or holder.child_by_field_name("left")
            if name is None or name.type != "identifier":
                return
            for use in self._names.uses(name):
                given = self._document.parent(use)
                call = self._document.parent(given) if given is not None and given.type == "arguments" else None
                if call is not None and self._document.callee_name(call) == "send":
                    yield call
