"""The command line: parse, call, print, exit code. Every start pays for this module: it imports next to nothing."""

from __future__ import annotations

import atexit
import gc
import os
import sys
from collections.abc import Sequence

from leaktight import __version__

TYPE_CHECKING = False  # `typing` costs a remembered run more than all that this module does
if TYPE_CHECKING:
    from typing import NoReturn

CLEAN, FINDINGS, FAILED, INTERRUPTED = 0, 1, 2, 130
"""The exit codes."""
_ASKS_VERSION = (("--version",), ("-V",))
"""What is answered without loading the program, which takes three times as long as the interpreter."""


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and exit. The process is this run's own: it never looks for garbage, and is left as it stands."""
    gc.disable()
    _leave(run(sys.argv[1:] if arguments is None else arguments))


def _leave(code: int) -> NoReturn:
    """Exit at once. Freeing all that was imported takes a tenth of a small run, and the system does it for nothing.

    A debugger or profiler wants to see the end, and streams that cannot be flushed are the interpreter's to speak of.
    """
    if sys.gettrace() is None and sys.getprofile() is None:
        try:
            for stream in (sys.stdout, sys.stderr):
                stream.flush()
        except (OSError, ValueError):
            sys.exit(code)
        atexit._run_exitfuncs()  # noqa: SLF001  # what others registered is done, as at any exit
        os._exit(code)
    sys.exit(code)


def run(arguments: Sequence[str]) -> int:
    """Run the command line and give the exit code."""
    _open_closed_streams()
    try:
        from leaktight.cli.replay import answer

        code = answer(arguments)
        if code is not None:
            return code
        if tuple(arguments) in _ASKS_VERSION:
            from leaktight.cli.output import emit

            emit(f"leaktight {__version__}\n")
            return CLEAN
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
