"""Widths and escapes: what stands on a terminal must be as wide as we say, and must not command it."""

from __future__ import annotations

import random
import unicodedata

import pytest

from leaktight.reporters.display import columns, show_line, visible


@pytest.mark.parametrize(
    ("text", "width"),
    [
        ("abc", 3),
        ("漢字", 4),
        ("😀", 2),
        ("e\u0301", 1),
        ("\uff57", 2),
        ("\uff8a", 1),
        ("é", 1),
        ("한", 2),
        ("\u1112\u1161", 2),
        ("", 0),
    ],
)
def test_columns(text: str, width: int) -> None:
    assert columns(visible(text)) == width


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\x1b[31mb", "a\\x1b[31mb"),
        ("\u202eevil\u2069", "\\u202eevil\\u2069"),
        ("a\tb\r\nc", "a\\tb\\r\\nc"),
        ("zero\u200bwidth\ufeff", "zero\\u200bwidth\\ufeff"),
        ("\x7f\x85\x9b", "\\x7f\\x85\\x9b"),
        ("\U000e0041", "\\U000e0041"),
        ("\ud800", "\\ud800"),
        ("non\xa0breaking", "non breaking"),
        ("👩\u200d🚀", "👩\u200d🚀"),
    ],
)
def test_visible(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_nothing_of_any_character_reaches_the_terminal_as_a_command() -> None:
    for code in range(0x3000):
        for character in visible(chr(code)):
            assert unicodedata.category(character) not in ("Cc", "Cs", "Zl", "Zp")
            assert unicodedata.category(character) != "Cf" or character in "\u200c\u200d"


ALPHABET = "ab \t漢😀\u0301é\x1b\u202e"


def test_marks_stand_under_what_they_mark() -> None:
    picker = random.Random(7)
    for _ in range(2_000):
        text = "".join(picker.choices(ALPHABET, k=picker.randrange(60)))
        start = picker.randrange(len(text) + 1)
        end = picker.randrange(start, len(text) + 1)
        width = picker.choice([20, 40, 200])
        line = show_line(text, start, end, width)
        assert columns(line.text) <= width + 2
        assert 0 <= line.start <= line.end <= columns(line.text)
        assert "\t" not in line.text
        marked = _between(line.text, line.start, line.end)
        wanted = "".join(" " if c == "\t" else visible(c) for c in text[start:end])
        if "…" in line.text:
            # What is cut off is cut off behind; the first that is marked stands there.
            assert _bare(wanted).startswith(_bare(marked).removesuffix("…"))
        else:
            assert _bare(marked) == _bare(wanted)


def _bare(text: str) -> str:
    return text.replace(" ", "").replace("\u0301", "")


def _between(text: str, start: int, end: int) -> str:
    at, found = 0, ""
    for character in text:
        if start <= at < end:
            found += character
        at += columns(character)
    return found


def test_a_long_line_is_cut_around_the_marks() -> None:
    text = "x" * 50_000 + "needle" + "y" * 50_000
    line = show_line(text, 50_000, 50_006, 60)
    assert line.text.startswith("…x")
    assert line.text.endswith("y…")
    assert line.text[line.start : line.end] == "needle"
    assert len(line.text) <= 60


def test_a_mark_at_the_end_of_a_line() -> None:
    assert show_line("select", 6, 6, 80) == ("select", 6, 6)
    line = show_line("😀" * 100, 100, 100, 40)
    assert line.text.startswith("…")
    assert line.start == columns(line.text)
