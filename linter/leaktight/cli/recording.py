"""Hands a run that may be asked for again to `replay`: what it read, and what it printed."""

from __future__ import annotations

import os
import sys

from leaktight.cli import replay
from leaktight.cli.project import Opened
from leaktight.config.load import NAMES, PYPROJECT, upwards
from leaktight.discovery import git_exclude_file
from leaktight.report import Report

_GIT = (".git", ".gitignore")
_LOST = frozenset({"timeout", "crash"})


def remember_run(opened: Opened, report: Report, printed: str, code: int) -> None:
    """Write a run down, if the same command line may be answered from it: all went well, and all it read is known."""
    arguments = sys.argv[1:]
    if opened.folders is None or opened.unknown or report.doubtful or not replay.repeatable(arguments):
        return
    if any(item.code in _LOST for item in report.not_analysed) or any(
        entry.data is not None for entry in opened.entries
    ):
        return
    above = {*upwards(os.getcwd()), *upwards(opened.root)}
    files = [os.path.join(folder, name) for folder in above for name in (*NAMES, PYPROJECT, *_GIT)]
    files += [git_exclude_file(folder) for folder in above]
    # What makes a project within this one may come into a pyproject.toml that is there: no folder's time tells of it.
    nested = [os.path.join(folder, PYPROJECT) for folder in opened.folders]
    ignores = [os.path.join(folder, ".gitignore") for folder in opened.folders]
    files += [path for path in (*ignores, *nested) if os.path.isfile(path)]
    files += [entry.absolute for entry in opened.entries]
    if opened.settings.source:
        files.append(os.path.abspath(opened.settings.source))
    packages = sorted({"leaktight", *(rule.__module__.partition(".")[0] for rule in opened.rules.values())})
    replay.remember(
        arguments,
        folders=opened.folders,
        files=files,
        packages=packages,
        output=printed.encode("utf-8", "backslashreplace"),
        code=code,
    )
