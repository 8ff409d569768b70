"""What a SQL document knows of the host that runs it: who calls it, what becomes of its rows, what is run beside it."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple, cast

from leaktight.catalog.search_path import SearchPath
from leaktight.languages.document import Document
from leaktight.languages.sql.used_rows import UsedRows
from leaktight.source import Region, Source

if TYPE_CHECKING:
    from leaktight.languages.sql.document import SqlDocument


class Company(NamedTuple):
    """The SQL of several calls, in their order: the documents of each, and which call the one that was asked is of."""

    calls: tuple[tuple[SqlDocument, ...], ...]
    at: int
    of_file: tuple[SqlDocument, ...] = ()
    """All that the host's file runs."""


class HostedDocument(Document):
    """What a `SqlDocument` is besides: one that code in another language may run; one of a file of its own has no host."""

    def __init__(self, region: Region, source: Source) -> None:
        super().__init__(region, source)
        self.host_function = ""
        """The dotted name of the function of the host that runs the SQL."""
        self.host_sink = ""
        """The call's last name, or the keyword, through which the host runs the SQL: `execute`, `sql=`; empty when none does."""
        self.ask_host: Callable[[], UsedRows] | None = None
        """Finds `used_rows`; set where a host runs the SQL."""
        self.ask_given: Callable[[str], bool] | None = None
        """Answers `is_given`; set where a host runs the SQL."""
        self.ask_refilled: Callable[[str], bool] | None = None
        """Answers `is_refilled`; set where a host runs the SQL."""
        self.ask_company: Callable[[], Company] | None = None
        """Finds `company`; set where a host runs the SQL."""
        self.ask_arm: Callable[[int], bool] | None = None
        """Answers `is_in_other_arm`; set where a host runs the SQL."""
        self.ask_chosen: Callable[[], SearchPath] | None = None
        """Finds the search path that calls above have chosen; set where a host runs the SQL."""

    @cached_property
    def used_rows(self) -> UsedRows:
        """What the host's code does with the rows of the result; nothing is known of a file of its own."""
        return self.ask_host() if self.ask_host is not None else UsedRows()

    def is_given(self, name: str) -> bool:
        """Say whether the host's code hands the engine a table of this name: a frame, a view that it registers."""
        return self.ask_given is not None and self.ask_given(name)

    def is_refilled(self, name: str) -> bool:
        """Say whether the host's function fills a table of this name further below, by other means than SQL."""
        return self.ask_refilled is not None and self.ask_refilled(name)

    def is_in_other_arm(self, other: int) -> bool:
        """Say whether the call at `other` in `company` stands in another arm of an `if`: only one of the two is made."""
        return self.ask_arm is not None and self.ask_arm(other)

    @cached_property
    def beside(self) -> tuple[tuple[SqlDocument, ...], tuple[SqlDocument, ...]]:
        """The SQL that the same function of the host, or its script, runs in calls above this one, and in calls below.

        Nothing in a file of its own.
        """
        calls, at, _ = self.company
        above, below = (tuple(one for call in part for one in call) for part in (calls[:at], calls[at + 1 :]))
        return above, below

    @cached_property
    def company(self) -> Company:
        """All SQL that the same function of the host, or its script, runs; of a file of its own the document alone."""
        return self.ask_company() if self.ask_company is not None else Company(((cast("SqlDocument", self),),), 0)
