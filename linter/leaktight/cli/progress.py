"""How far a run is, on a terminal's stderr, once it has taken a second; gone when it ends."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import Self

_FIRST_AFTER = 1.0
_THEN_EVERY = 0.1


class Progress:
    """Call it with how much is done and of how much. Says nothing where stderr is no terminal, or when quiet."""

    def __init__(self, *, quiet: bool = False) -> None:
        self._on = not quiet and sys.stderr.isatty()
        self._next = time.monotonic() + _FIRST_AFTER
        self._shown = False

    def __enter__(self) -> Self:
        return self

    def __call__(self, done: int, total: int) -> None:
        """Show a new state, at most ten times a second. `total` 0 says that it is not known."""
        if not self._on:
            return
        now = time.monotonic()
        if now < self._next:
            return
        self._next = now + _THEN_EVERY
        self._shown = True
        of = f" of {total:,}" if total else ""
        sys.stderr.write(f"\r\x1b[Kchecking file {done:,}{of}")
        sys.stderr.flush()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
