"""One file a format: each turns a `Report` into the text that is printed. None touches a path or prints."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field
from importlib import import_module
from typing import TYPE_CHECKING

from leaktight.lazy import record
from leaktight.report import Report

if TYPE_CHECKING:
    from leaktight.rule import Rule

_MODULES = {
    "text": "leaktight.reporters.text",
    "concise": "leaktight.reporters.concise",
    "json": "leaktight.reporters.json_format",
    "sarif": "leaktight.reporters.sarif",
}

FORMATS: tuple[str, ...] = tuple(_MODULES)
"""The names of the formats."""


def _as_it_is(path: str) -> str:
    return path


@record(frozen=True)
class ReportOptions:
    """How a report is shown. Only `path_of`, `root`, `rules` and `prices` matter to the formats that programs
    read.

    `width` is the terminal's, in columns. `path_of` turns a path relative to the project's root into one relative to
    the working directory. `root` is the absolute path of the project. `rules` gives the rules that a diagnostic may
    name. `prices` are those of reading 10^12 bytes, by dialect, `default` for the rest. `exit_code` is what the process
    will exit with; None lets the format tell it from the report.
    """

    color: bool = False
    width: int = 100
    statistics: bool = False
    show_unanalysed: bool = False
    quiet: bool = False
    verbose: bool = False
    path_of: Callable[[str], str] = _as_it_is
    root: str = ""
    rules: Mapping[str, type[Rule]] = field(default_factory=dict)
    prices: Mapping[str, float] = field(default_factory=dict)
    exit_code: int | None = None


Reporter = Callable[[Report, ReportOptions], str]


def reporter_for(format: str) -> Reporter:  # noqa: A002  # the word of the command line
    """Give the function that writes a format. Raises `KeyError` for one that is not in `FORMATS`."""
    reporter: Reporter = import_module(_MODULES[format]).render
    return reporter
