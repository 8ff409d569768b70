"""Whole outputs of each format over one report that holds everything a format may trip over."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from report_sample import report

from leaktight.report import Report, Summary
from leaktight.reporters import FORMATS, ReportOptions, reporter_for

Golden = Callable[[str, str], None]


@pytest.mark.parametrize("name", FORMATS)
def test_whole_output(name: str, golden: Golden) -> None:
    golden(f"report.{name}", reporter_for(name)(report(), ReportOptions(width=90)))


def test_colour_and_every_extra(golden: Golden) -> None:
    options = ReportOptions(color=True, width=60, statistics=True, show_unanalysed=True, verbose=True)
    golden("colour.text", reporter_for("text")(report(), options))


@pytest.mark.parametrize("name", FORMATS)
def test_nothing_found(name: str, golden: Golden) -> None:
    golden(f"clean.{name}", reporter_for(name)(Report(summary=Summary(files=1, statements=1)), ReportOptions()))


def test_quiet_says_nothing_of_a_clean_run() -> None:
    clean = Report(summary=Summary(files=1))
    assert reporter_for("text")(clean, ReportOptions(quiet=True)) == ""
    assert reporter_for("concise")(clean, ReportOptions(quiet=True)) == ""


def test_unknown_format() -> None:
    with pytest.raises(KeyError):
        reporter_for("xml")
