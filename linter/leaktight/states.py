"""Reads and hashes the files of a project, once, and answers what their bytes alone can answer."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Protocol

from leaktight import engine
from leaktight.catalog.versions import may_write_versions
from leaktight.context import path_context
from leaktight.lazy import record
from leaktight.operations.dialects import Votes
from leaktight.operations.facts import tells_facts
from leaktight.operations.file import may_hold_sql, worth_reading
from leaktight.operations.incremental import may_read_new
from leaktight.operations.project import FileFacts
from leaktight.operations.snapshot_format import HEADER
from leaktight.operations.table_read import TableRead
from leaktight.report import NotAnalysed
from leaktight.rule import EngineRule, IndexRule, PythonRule, SqlOrTableRule, TableRule
from leaktight.source import Language, NotAnalysable
from leaktight.suppressions.directives import MARK

_SNAPSHOT = HEADER.encode()
_MOST_HELD = 16_000_000
"""How many bytes of files are held in memory, so that the passes need not read them again."""


class Entry(engine.Entry, Protocol):
    """A file of the project that tells its bytes and its language before it is decoded."""

    @property
    def language(self) -> Language:
        """What the file is written in."""

    @property
    def in_catalog(self) -> bool:
        """Whether what it says of tables is believed."""

    def read(self) -> bytes:
        """Give the file's bytes. Raises `NotAnalysable` when they cannot be read or are too many."""

    def holding(self, data: bytes) -> Entry:
        """Give the same entry with these bytes, which were read of it."""


@record(slots=True)
class State:
    """One file on its way: `facts`, `result` and `reads` are None as long as they must be worked out."""

    entry: Entry
    data: bytes | None = None
    """The file's bytes, where they are held for the passes to come."""
    size: int = 0
    content: str = ""
    facts: FileFacts | None = None
    result: engine.FileResult | None = None
    reads: tuple[TableRead, ...] | None = None
    key: str = ""
    may_write_versions: bool = False
    may_read_new: bool = False
    is_snapshot: bool = False
    """Whether it may be a snapshot of a database, the one kind of data that rules read, and only for advice."""

    @property
    def has_subjects(self) -> bool:
        """Whether rules read it; a snapshot that is broken declares nothing."""
        if self.entry.language.is_data:
            return self.is_snapshot and (self.facts is None or self.facts.unread is None)
        return True

    @property
    def held(self) -> Entry:
        """The entry, with its bytes where they are held."""
        return self.entry if self.data is None else self.entry.holding(self.data)

    @property
    def weight(self) -> int:
        """How much work it is, in bytes of SQL: a host is read eight times as fast, as most of it is no SQL."""
        return self.size if self.entry.language is Language.SQL else self.size // 8


def read_states(entries: Iterable[Entry], plan: engine.Plan) -> tuple[list[State], dict[str, str]]:
    """Read and hash every file, and give them with the dialects that folders are written in.

    What the gates can answer is answered: facts and results of files of which nothing can be said.
    """
    states = []
    held = 0
    votes = Votes()
    for entry in entries:
        state = State(entry)
        states.append(state)
        try:
            data = entry.read()
        except NotAnalysable as problem:
            lost = NotAnalysed(entry.path, problem.code, problem.reason)
            state.facts = FileFacts(unread=lost)
            state.result = engine.FileResult(entry.path, not_analysed=(lost,))
            continue
        state.size = len(data)
        state.content = hashlib.sha256(data).hexdigest()
        # What a test's code creates in passing is no table of the project.
        test = entry.language is not Language.SQL and not entry.language.is_data and path_context(entry.path).test
        tells = entry.in_catalog and not test and tells_facts(entry.path, data, entry.language)
        if not tells:
            state.facts = FileFacts()
        state.is_snapshot = plan.advises and tells and entry.language is Language.YAML and _SNAPSHOT in data
        declares = tells and (state.is_snapshot or not entry.language.is_data) and _may_declare(entry, plan)
        if entry.reported and not (_worth_reading(entry, data, plan) or declares):
            state.result = engine.FileResult(entry.path)
        elif entry.reported:
            versions, new = may_write_versions(data, plan.project.star), may_read_new(data)
            if versions or new:
                holds = may_hold_sql(data, entry.language)
                state.may_write_versions, state.may_read_new = versions and holds, new and holds
        if entry.language is Language.SQL and plan.dialect_for(entry.path) is None:
            votes.count(entry.path, data)
        elif entry.language is Language.YAML:
            votes.count_types(entry.path, data)
        if (state.facts is None or state.result is None) and held + state.size <= _MOST_HELD:
            held += state.size
            state.data = data
    return states, votes.winners()


def _may_declare(entry: Entry, plan: engine.Plan) -> bool:
    """Say whether rules may have a word about tables of a file that tells facts: no SQL stands beside classes of an ORM."""
    return any(isinstance(rule, TableRule | SqlOrTableRule | IndexRule) for rule in plan.rules_for(entry.path))


def _worth_reading(entry: Entry, data: bytes, plan: engine.Plan) -> bool:
    """Say whether a rule may have a word about a file; one that reads Python as such may have it about any."""
    rules = plan.rules_for(entry.path)
    if entry.language is not Language.SQL and path_context(entry.path).test and MARK.encode() not in data:
        rules = [rule for rule in rules if rule.in_tests and not isinstance(rule, EngineRule)]
        if not rules:
            return False
    if worth_reading(data, entry.language):
        return True
    return entry.language is Language.PYTHON and any(isinstance(rule, PythonRule) for rule in rules)
