"""The command line: parse, call, print, exit code. Every start pays for this module: it imports next to nothing."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

CLEAN, FINDINGS, FAILED, INTERRUPTED = 0, 1, 2, 130
"""The exit codes."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit."""
    sys.exit(run(sys.argv[1:] if arguments is None else arguments))


def run(arguments: Sequence[str]) -> int:
    """Run the command line and give the exit code."""
    _open_closed_streams()
    try:
        from leaktight.cli.replay import answer

        code = answer(arguments)
        if code is not None:
            return code
        from leaktight.cli.program import run_program

        return run_program(arguments)
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as error:  # noqa: BLE001  # said like any failure, never a bare traceback
        from leaktight.cli.program import failed

        return failed(error)


def _open_closed_streams() -> None:
    """Let what is written to a stream that was closed before the start go nowhere."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w"))  # noqa: SIM115  # it stays open as long as the process lives
