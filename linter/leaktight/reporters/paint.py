"""Colours of the terminal, as plain escape sequences."""

from __future__ import annotations

from leaktight.diagnostics import Severity

_CODES = {
    "bold": "1",
    "dim": "2",
    "red": "31",
    "green": "32",
    "error": "1;31",
    "warning": "1;33",
    "note": "1;36",
    "gutter": "1;34",
    "help": "1;36",
}


class Paint:
    """Colours text, or leaves it as it is."""

    def __init__(self, *, on: bool) -> None:
        self._on = on

    def __call__(self, style: str, text: str) -> str:
        """Give `text` in a style: `bold`, `dim`, `red`, `green`, `gutter`, `help` or a severity."""
        return f"\x1b[{_CODES[style]}m{text}\x1b[0m" if self._on and text else text

    def severity(self, severity: Severity) -> str:
        """Give the word of a severity in its colour."""
        return self(severity.value, severity.value)
