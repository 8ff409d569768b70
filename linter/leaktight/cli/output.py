"""What is printed and where: the report alone on stdout, all else on stderr, nothing that a terminal would obey."""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False  # `typing` costs a remembered run more than all that this module does
if TYPE_CHECKING:
    from typing import TextIO


class OutputLost(Exception):
    """The report did not get where it was to go; the message is a whole sentence."""


def say(message: str) -> None:
    """Print lines on stderr, control characters of file names and texts made visible."""
    text = "\n".join(_visible(line) for line in message.split("\n"))
    _loose(sys.stderr)
    _put(sys.stderr, text + "\n")


def _visible(line: str) -> str:
    if line.isprintable():
        return line
    return "".join(c if c.isprintable() or c == "\t" else c.encode("unicode_escape").decode() for c in line)


def emit(text: str) -> None:
    """Print on stdout, in UTF-8 where that is not a terminal."""
    if sys.stdout.isatty():
        _loose(sys.stdout)
        _put(sys.stdout, text)
    else:
        emit_bytes(text.encode("utf-8", "backslashreplace"))


def emit_bytes(data: bytes) -> None:
    """Put bytes on stdout as they are."""
    _put(sys.stdout, data)


def _put(stream: TextIO, data: str | bytes) -> None:
    """Write and flush. When nobody reads the stream any more, that is no error: what follows goes nowhere.

    Raises `OutputLost` when stdout cannot be written for another reason.
    """
    try:
        if isinstance(data, bytes):
            stream.flush()
            stream.buffer.write(data)
        else:
            stream.write(data)
        stream.flush()
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())  # what is left in the buffer would fail once more
        if stream is not sys.stderr and not isinstance(error, BrokenPipeError):
            raise OutputLost(f"stdout cannot be written: {(error.strerror or str(error)).lower()}.") from None


def _loose(stream: TextIO) -> None:
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(errors="backslashreplace")


def wants_color(choice: str, *, to_file: bool = False) -> bool:
    """Say whether a report is coloured: as chosen; `auto` asks NO_COLOR, FORCE_COLOR, TERM and the terminal."""
    if choice != "auto":
        return choice == "always"
    if os.environ.get("NO_COLOR") or to_file:
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return sys.stdout.isatty() and os.environ.get("TERM") != "dumb"


def width() -> int:
    """Give the columns of the terminal, 100 where there is none: what `shutil` says, which takes long to import."""
    given = os.environ.get("COLUMNS", "")
    columns = int(given) if given.isdecimal() else 0
    return max(columns or _columns_of_terminal() or 100, 40)


def _columns_of_terminal() -> int:
    try:
        return os.get_terminal_size(sys.__stdout__.fileno()).columns if sys.__stdout__ is not None else 0
    except (ValueError, OSError):
        return 0
