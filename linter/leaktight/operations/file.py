"""Everything a rule may read of one file: its SQL, its host documents, and the operations found in them."""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from leaktight.context import PathContext, path_context
from leaktight.diagnostics import locate
from leaktight.embedding.dialect import (
    OFFSHOOT,
    is_of_several,
    is_open,
    judge,
    may_be,
    of_extension,
    ranked,
    scores,
    speaks_for,
)
from leaktight.languages.document import Document
from leaktight.lazy import regex
from leaktight.operations.hosts import Hosts
from leaktight.operations.reading import Reading
from leaktight.operations.recorded import is_dump, is_recorded
from leaktight.report import NotAnalysed
from leaktight.source import Language, NotAnalysable, Region, Source

if TYPE_CHECKING:
    from sqlglot.tokenizer_core import Token

    from leaktight.embedding.call import Embedded
    from leaktight.embedding.notebook import Notebook
    from leaktight.languages.javascript.document import JavascriptDocument
    from leaktight.languages.python.document import PythonDocument
    from leaktight.languages.sql.document import SqlDocument
    from leaktight.operations.dag import Dag
    from leaktight.operations.dynamodb import DynamodbRequest
    from leaktight.operations.hosted_sql import HostedSql
    from leaktight.operations.project import Project
    from leaktight.operations.schema_change import SchemaChange
    from leaktight.operations.table_write import TableWrite
    from leaktight.operations.versioned import VersionedWrite

DBT_CALL = regex(r"\{\{[^}]{0,80}\b(?:ref|source)\s*\(")
"""What stands in the SQL of dbt."""
WIDE = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_BE)
"""The marks of encodings whose bytes no gate can read."""


def worth_reading(data: bytes, language: Language) -> bool:
    """Say, from its bytes, whether any rule may have a word about a file; the others are never parsed."""
    if language is Language.SQL or language is Language.NOTEBOOK:
        return True
    if language.is_data:
        return False
    if b"leaktight:" in data or data.startswith(WIDE):
        return True
    if language is Language.PYTHON:
        from leaktight.operations.python_gate import PythonGate

        return PythonGate(data).anything or _may_hold_credential(data)
    from leaktight.embedding.javascript.gate import gate

    return bool(gate(data)) or _may_hold_credential(data)


def may_hold_sql(data: bytes, language: Language) -> bool:
    """Say, from its bytes, whether there may be SQL in a file."""
    if language is Language.SQL or language is Language.NOTEBOOK or data.startswith(WIDE):
        return True
    if language.is_data:
        return False
    if language is Language.PYTHON:
        from leaktight.operations.python_gate import PythonGate

        return PythonGate(data).sql
    from leaktight.embedding.javascript.gate import gate

    return "sql" in gate(data)


def _may_hold_credential(data: bytes) -> bool:
    from leaktight.operations.credentials.gate import may_hold_credential

    return may_hold_credential(data)


class FileView:
    """One file, read as far as the rules ask for it.

    `dialect` is the configured SQL dialect of the file, None for `auto`; `wanted` says which statements are parsed, all if
    it is None. `reading` is what is kept of the file between two views of it. With `advises` rules are asked how tables of a
    database are best laid out, whatever the project can change of them. Reading never raises: what could not be read
    stands in `not_analysed`, SQL whose text is only known at run time in `dynamic`.
    """

    def __init__(
        self,
        source: Source,
        project: Project,
        *,
        dialect: str | None = None,
        wanted: Callable[[Sequence[Token]], bool] | None = None,
        reading: Reading | None = None,
        advises: bool = False,
    ) -> None:
        self.source = source
        self.project = project
        self.path: PathContext = path_context(source.path)
        self.configured_dialect = dialect
        self.advises = advises
        self._wanted = wanted
        self._reading = reading if reading is not None else Reading(source)
        self.not_analysed: list[NotAnalysed] = []
        self.dynamic: list[NotAnalysed] = []
        self._notebook = self._read_notebook()

    @property
    def is_test(self) -> bool:
        """Whether the file is a test by its path. A dbt test is none: it queries the warehouse as a model does."""
        return self.path.test and not (self.source.language is Language.SQL and DBT_CALL.search(self.source.text))

    @cached_property
    def is_recorded(self) -> bool:
        """Whether the file shows tables as a database had them one day, and its rules are asked for no advice on those."""
        source = self.source
        return source.language is Language.SQL and not self.advises and is_recorded(source.path, source.text)

    @cached_property
    def is_of_database(self) -> bool:
        """Whether a tool wrote the file from what a database had: nobody wrote, and no program runs, the queries in it."""
        source = self.source
        return source.language is Language.SQL and (is_dump(source.text) or is_recorded(source.path, source.text))

    @property
    def statements(self) -> int:
        """How many SQL statements the file holds, each counted once however many variants saw it."""
        return len({(id(d.region.map), s.span) for d in self.sql if d.region.variant == 0 for s in d.statements})

    # Hosts

    @cached_property
    def hosts(self) -> list[Document]:
        """The host documents: one for a Python or JavaScript file, one a code cell for a notebook."""
        return self._hosts.all()

    @cached_property
    def _hosts(self) -> Hosts:
        return Hosts(self.source, self._regions, lambda region, problem: self._not_read(problem, region))

    @cached_property
    def _regions(self) -> list[Region]:
        """The regions that stand in the file itself: the whole of it, or the cells of a notebook."""
        whole = [] if self.source.language is Language.NOTEBOOK else [Region.whole(self.source)]
        return [*whole, *(self._notebook.regions if self._notebook is not None else ())]

    def _read_notebook(self) -> Notebook | None:
        if self.source.language is not Language.NOTEBOOK and "Databricks notebook source" not in self.source.text[:200]:
            return None
        from leaktight.embedding.notebook import read_databricks, read_notebook

        try:
            found = (
                read_notebook(self.source)
                if self.source.language is Language.NOTEBOOK
                else read_databricks(self.source)
            )
        except NotAnalysable as problem:
            self._not_read(problem, None)
            return None
        if found is not None:
            self.source = replace(self.source, cells=tuple((cell.number, cell.span) for cell in found.cells))
            for cell in found.skipped:
                self.not_analysed.append(
                    NotAnalysed(self.source.path, "syntax", cell.reason, locate(self.source, cell.span))
                )
        return found

    @property
    def python(self) -> Iterator[PythonDocument]:
        """The Python documents of the file."""
        return iter(_python(self.hosts))

    @property
    def javascript(self) -> Iterator[JavascriptDocument]:
        """The JavaScript and TypeScript documents of the file."""
        return iter(_javascript(self.hosts))

    @cached_property
    def calls(self) -> list[HostedSql]:
        """The host calls that run SQL, and strings that are SQL though no call was found."""
        found: list[HostedSql] = []
        hosts = self._hosts.having(lambda gate: gate.sql)
        if not hosts:
            return found
        from leaktight.embedding.drivers import dialect_of_driver
        from leaktight.operations.hosted_sql import ChosenSchemas, Companies, HostedSql

        for document in hosts:
            embedded = self._embed(document)
            for unfolded in embedded.unfolded:
                place = document.location(unfolded.span)
                self.dynamic.append(NotAnalysed(self.source.path, "unfolded", unfolded.reason, place))
            for call in embedded.calls:
                documents = tuple(self._sql_of(call.region, dialect_of_driver(call.driver or ""), certain=call.certain))
                if call.certain or documents:
                    found.append(HostedSql(call, document, documents, self.path))
        chosen, companies = ChosenSchemas(self.source.text, found), Companies(found)
        for number, hosted in enumerate(found):
            hosted.stands_among(companies, number, chosen)
        return found

    def _embed(self, document: Document) -> Embedded:
        if document.region.language is Language.PYTHON:
            from leaktight.embedding.python import embed
            from leaktight.languages.python.document import PythonDocument

            assert isinstance(document, PythonDocument)
            return embed(document, document.region)
        from leaktight.embedding.javascript import embed as embed_javascript
        from leaktight.languages.javascript.document import JavascriptDocument

        assert isinstance(document, JavascriptDocument)
        return embed_javascript(document, document.region)

    # SQL

    @cached_property
    def sql(self) -> list[SqlDocument]:
        """The SQL documents of the file; SQL with template branches gives one for each variant."""
        documents: list[SqlDocument] = []
        for region in self._regions:
            if region.language is Language.SQL:
                documents += self._sql_of(region, region.dialect)
        for call in self.calls:
            documents += call.sql
        return documents

    def _sql_of(self, region: Region, hint: str | None, *, certain: bool = True) -> Iterator[SqlDocument]:
        """Yield a document for each variant; with `certain=False` only where every statement parses as one with a clause."""
        told = True
        dialect = named = self.configured_dialect or region.dialect or hint or of_extension(self.source.path)
        if dialect is None:
            dialect = self._reading.dialect_of(region.text)
            around = "" if is_of_several(region.text) else self.project.dialect_hint(self.source.path)
            if around == OFFSHOOT and is_open(scores(region.text, self.source.path)):
                dialect = ""
            elif dialect and around and dialect != around and may_be(region.text, around, self.source.path):
                dialect = around
            told = bool(dialect)
            dialect = dialect or around
        lost: NotAnalysed | None = None
        for variant in self._reading.views_of(region, dialect):
            try:
                document = self._parsed(variant, dialect)
            except NotAnalysable as problem:
                lost = lost or self._problem(problem, region)
                continue
            document.dialect_is_named, document.dialect_is_told = bool(named), told
            if certain or _is_sql(document):
                yield document
        if lost is not None and certain:
            self.not_analysed.append(lost)

    def _parsed(self, region: Region, dialect: str) -> SqlDocument:
        document = self._parse(region, dialect)
        if (
            self.configured_dialect is None
            and self._wanted is None
            and any(not statement.understood for statement in document.statements)
        ):
            better = judge(region.text, ranked(region.text, first=dialect, path=self.source.path))
            if better != dialect and not speaks_for(region.text, dialect, better, self.source.path):
                return self._parse(region, better)
        return document

    def _parse(self, region: Region, dialect: str) -> SqlDocument:
        from leaktight.languages.sql.document import parse_sql

        cut = self._reading.take(region.text, dialect) if self._wanted is None else None
        document = parse_sql(region, self.source, dialect, self.project.catalog, self.path, self._wanted, cut)
        if self._wanted is not None:
            self._reading.keep(document)
        return document

    # Operations

    @cached_property
    def writes(self) -> list[TableWrite]:
        """The writes to tables, in the file's order."""
        written = any(document.writes for document in self.sql)
        if not written and not self.calls and not self._hosts.any_having(lambda gate: gate.writes):
            return []
        from leaktight.operations.writes import table_writes

        return table_writes(self.sql, self.calls, tuple(self.python), self.project, self.path)

    @cached_property
    def schema_changes(self) -> list[SchemaChange]:
        """The changes of the schema, in the file's order."""
        if self.source.language.is_data:
            return []
        from leaktight.operations.schema_changes import schema_changes

        return schema_changes(self)

    @cached_property
    def versioned(self) -> list[VersionedWrite]:
        """The writes of SQL to tables that keep the versions of their rows."""
        from leaktight.operations.versioned import versioned_writes

        return list(versioned_writes(self))

    @cached_property
    def dynamodb(self) -> list[DynamodbRequest]:
        """The DynamoDB requests."""
        if not self._hosts:
            return []
        from leaktight.operations.requests import dynamodb_requests, may_send_requests

        if not may_send_requests(self.source.text):
            return []
        documents = self._hosts.having(lambda gate: gate.dynamodb)
        return dynamodb_requests(_python(documents), _javascript(documents), self.project, self.path)

    @cached_property
    def dags(self) -> list[Dag]:
        """The Airflow DAGs."""
        documents = _python(self._hosts.having(lambda gate: gate.dags))
        if not documents:
            return []
        from leaktight.operations.airflow import airflow_dags

        return [dag for document in documents for dag in airflow_dags(document, self.project)]

    # What was not read

    def _problem(self, problem: NotAnalysable, region: Region | None) -> NotAnalysed:
        place = None
        if region is not None and problem.span is not None:
            place = locate(self.source, region.map.to_file(problem.span))
        elif region is not None and region.map.segments and region.embedded:
            segments = region.map.segments
            place = locate(self.source, segments[0].file.cover(segments[-1].file))
        return NotAnalysed(self.source.path, problem.code, problem.reason, place)

    def _not_read(self, problem: NotAnalysable, region: Region | None) -> None:
        self.not_analysed.append(self._problem(problem, region))


def _python(documents: Sequence[Document]) -> tuple[PythonDocument, ...]:
    if not any(document.region.language is Language.PYTHON for document in documents):
        return ()
    from leaktight.languages.python.document import PythonDocument

    return tuple(document for document in documents if isinstance(document, PythonDocument))


def _javascript(documents: Sequence[Document]) -> tuple[JavascriptDocument, ...]:
    if all(document.region.language is Language.PYTHON for document in documents):
        return ()
    from leaktight.languages.javascript.document import JavascriptDocument

    return tuple(document for document in documents if isinstance(document, JavascriptDocument))


def _is_sql(document: SqlDocument) -> bool:
    """Say whether a text that no call runs is SQL: it parses, and what it calls tables could be tables (no topic, no path)."""
    if not document.statements or any(not s.understood or s.tree is None for s in document.statements):
        return False
    from sqlglot import exp

    return not any("/" in table.name for table in document.find(exp.Table))
