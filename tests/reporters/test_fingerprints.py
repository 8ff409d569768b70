"""GitHub's fingerprints, against values that were worked out apart from this code."""

from __future__ import annotations

import pytest

from leaktight.reporters.fingerprints import Fingerprints

CASES: dict[str, tuple[str, bool, list[str]]] = {
    "plain": (
        "select 1\nfrom t\n\nselect 1\nfrom t\n",
        False,
        [
            "743c6c5d74c0b3e7:1",
            "c0d37358eb8d0a78:1",
            "7a8a861d66d27e2:1",
            "2340301dfea63140:1",
            "f2a1ebc3d40f77b1:1",
            "c129715d7a2bc9a3:1",
        ],
    ),
    "crlf": (
        "select 1\r\nfrom t\r\n\r\nwhere a = NULL\r\n",
        False,
        ["859503968cb0c628:1", "9910d70d4aaca799:1", "ed9099cc3f4966cb:1", "5dc6147f267b48ed:1", "c129715d7a2bc9a3:1"],
    ),
    "cr": (
        "a\r \nb\rc",
        False,
        ["2e584d1d9c6751f3:1", "ce9bbb84d1d432dc:1", "e461f42c548ac762:1", "188ff2f224477a1e:1"],
    ),
    "no newline at the end": ("select 1", False, ["f94831ea77ebce34:1"]),
    "tabs": ("\tselect\t1\n  from t\n", False, ["2340301dfea63140:1", "f2a1ebc3d40f77b1:1", "c129715d7a2bc9a3:1"]),
    "astral": (
        "select '😀😀' as x\nfrom tablé\n",
        False,
        ["4bac017287c5e9db:1", "f168a76f90874e05:1", "c129715d7a2bc9a3:1"],
    ),
    "bom": ("select 1\nfrom t\n", True, ["bde059bdc57674e3:1", "f2a1ebc3d40f77b1:1", "c129715d7a2bc9a3:1"]),
    "empty": ("", False, ["c129715d7a2bc9a3:1"]),
}


@pytest.mark.parametrize("name", CASES)
def test_lines(name: str) -> None:
    text, bom, expected = CASES[name]
    prints = Fingerprints(text, bom=bom)
    assert [prints.line(number) for number in range(1, len(expected) + 1)] == expected


def test_only_the_first_line_changes_with_a_mark() -> None:
    text = "select 1\nfrom t\n" + "x" * 200
    plain, marked = Fingerprints(text), Fingerprints(text, bom=True)
    assert plain.line(1) != marked.line(1)
    assert plain.line(2) == marked.line(2)


def test_beyond_the_text() -> None:
    with pytest.raises(IndexError):
        Fingerprints("a").line(3)
