"""Answers a run that was made before, on files that are the same to the byte, without loading the linter.

What a run read is written down with what it printed: each file with its digest, each directory with the time of its last
change, so that a new file is noticed without listing, and the code of the installed rule packages. When all of that still
holds, the same question has the same answer. This module is loaded at every start: it imports next to nothing.
"""

from __future__ import annotations

import hashlib
import os
import stat
import sys
import time
from collections.abc import Iterable, Sequence

from leaktight.cache import (
    cache_directory,
    cache_file,
    digest,
    package_homes,
    package_stamps,
    parser_files,
    read_table,
    write_table,
)

_STARTED = time.time_ns()
_YOUNG = 50_000_000
"""Nanoseconds: what changed this shortly before the run may change again within the same tick of the clock."""
_NEVER = (
    "--fix",
    "--diff",
    "--no-cache",
    "--output-file",
    "--stdin-filename",
    "-",
    "--unsafe-fixes",
    "--verbose",
    "-v",
)
_ENVIRONMENT = ("NO_COLOR", "FORCE_COLOR", "TERM", "COLUMNS", "LINES", "PYTHONPATH", "PYTHONIOENCODING", "HOME")
_KEPT = 40
_LARGE = 10_000_000
"""Bytes: a larger file, an artifact of dbt or a dump, is told by its size and time alone."""
_MOST_ARGUMENTS = 12


def answer(arguments: Sequence[str]) -> int | None:
    """Print what the same run printed before and give its exit code; None when it must be run."""
    if not repeatable(arguments):
        return None
    record = read_table(_place(arguments)).get("run")
    if record is None or len(record) != 5:
        return None
    folders, files, packages, output, code = record
    if not _folders_hold(folders) or package_stamps(packages[0]) != packages[1]:
        return None
    for path, wanted in files:
        if _content(path) != wanted:
            return None
    from leaktight.cli.output import emit_bytes

    emit_bytes(output)
    return int(code)


def repeatable(arguments: Sequence[str]) -> bool:
    """Say whether a command line asks for a plain report: nothing is written, nothing comes from stdin."""
    if not arguments or arguments[0] != "check" or len(arguments) > _MOST_ARGUMENTS:
        return False
    if any(argument.split("=", 1)[0] in _NEVER for argument in arguments) or sys.stdout.isatty():
        return False
    return not any(argument[:1] == "-" and argument[1:2] != "-" and "v" in argument for argument in arguments)


def remember(
    arguments: Sequence[str],
    *,
    folders: Iterable[str],
    files: Iterable[str],
    packages: Sequence[str],
    output: bytes,
    code: int,
) -> None:
    """Write down what a run read and printed, unless something of it changed while or just before it ran.

    `folders` and `files` are absolute paths; a file may be missing, and must then stay so. `packages` are the names of the
    imported rule packages.
    """
    times = []
    for folder in sorted(set(folders)):
        changed = _changed(folder)
        if changed > _STARTED - _YOUNG:
            return
        times.append((folder, changed))
    contents = []
    for path in sorted(set(files)):
        if _changed(path) > _STARTED:
            return
        contents.append((path, _content(path)))
    homes = (*package_homes(packages), *parser_files())
    stamps = (homes, package_stamps(homes))
    write_table(_place(arguments), {"run": (tuple(times), tuple(contents), stamps, output, code)})
    _forget_oldest()


def _place(arguments: Sequence[str]) -> str:
    environment = (f"{name}={os.environ.get(name)}" for name in _ENVIRONMENT)
    path = (f"{folder} {_changed(folder)}" for folder in sys.path if folder)
    return cache_file("run", digest(os.getcwd(), sys.version, *path), digest(*environment), digest(*arguments))


def _folders_hold(folders: Iterable[tuple[str, int]]) -> bool:
    return all(_changed(folder) == changed for folder, changed in folders)


def _changed(path: str) -> int:
    """Give when a file or directory last changed, in nanoseconds; -1 when there is none."""
    try:
        return os.stat(path).st_mtime_ns
    except OSError:
        return -1


def _content(path: str) -> str:
    """Give the digest of a file; words for a directory and what is too large to be read; nothing where nothing is."""
    try:
        status = os.stat(path)
        if not stat.S_ISREG(status.st_mode):  # a pipe or a device might never end
            return "directory" if stat.S_ISDIR(status.st_mode) else "special"
        if status.st_size > _LARGE:
            return f"large {status.st_size} {status.st_mtime_ns}"
        with open(path, "rb", buffering=0) as file:
            return hashlib.sha256(file.read()).hexdigest()
    except OSError:
        return ""


def _forget_oldest() -> None:
    try:
        runs = [entry for entry in os.scandir(cache_directory()) if entry.name.startswith("run-")]
        for entry in sorted(runs, key=lambda entry: -entry.stat().st_mtime)[_KEPT:]:
            os.unlink(entry.path)
    except OSError:
        return
