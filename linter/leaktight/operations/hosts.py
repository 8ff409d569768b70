"""The host documents of a file, each parsed at the first question that it may have an answer to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from leaktight.languages.document import Document
from leaktight.source import Language, NotAnalysable, Region, Source

if TYPE_CHECKING:
    from leaktight.operations.python_gate import PythonGate

JAVASCRIPT = frozenset({Language.JAVASCRIPT, Language.TYPESCRIPT, Language.TSX})


class Hosts:
    """The documents of some regions of a file, in their order.

    `not_read` is told of each region that cannot be parsed, once, with the problem.
    """

    def __init__(
        self, source: Source, regions: Sequence[Region], not_read: Callable[[Region, NotAnalysable], None]
    ) -> None:
        self._source = source
        self._hosts = [_Host(region) for region in regions if region.language in (Language.PYTHON, *JAVASCRIPT)]
        self._not_read = not_read

    def __bool__(self) -> bool:
        return bool(self._hosts)

    def all(self) -> list[Document]:
        """Give all documents."""
        return [document for host in self._hosts if (document := self._document(host)) is not None]

    def having(self, may: Callable[[PythonGate], bool]) -> list[Document]:
        """Give the documents that may hold something: in Python by their gate, in the other languages all."""
        found = (self._document(host) for host in self._hosts if host.gate is None or may(host.gate))
        return [document for document in found if document is not None]

    def any_having(self, may: Callable[[PythonGate], bool]) -> bool:
        """Say whether some Python document may hold something."""
        return any(host.gate is not None and may(host.gate) for host in self._hosts)

    def _document(self, host: _Host) -> Document | None:
        if not host.parsed:
            host.parsed = True
            try:
                host.document = _parse(host.region, self._source)
            except NotAnalysable as problem:
                self._not_read(host.region, problem)
        return host.document


class _Host:
    """One region, with its document as soon as it is parsed."""

    def __init__(self, region: Region) -> None:
        self.region = region
        self.parsed = False
        self.document: Document | None = None

    @cached_property
    def gate(self) -> PythonGate | None:
        """What the bytes say, if it is Python."""
        if self.region.language is not Language.PYTHON:
            return None
        from leaktight.operations.python_gate import PythonGate

        return PythonGate(self.region.text.encode(errors="replace"))


def _parse(region: Region, source: Source) -> Document:
    if region.language is Language.PYTHON:
        from leaktight.languages.python import parse_python

        return parse_python(region, source)
    from leaktight.languages.javascript import parse_javascript

    return parse_javascript(region, source)
