"""Spans, edits and lines over one string."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leaktight.text import Edit, LineIndex, OverlappingEdits, Position, Span, apply_edits, nearest, shortened

TEXTS = st.text(alphabet=st.sampled_from("ab \t\r\n\u2028é😀"), max_size=60)


def test_spans() -> None:
    span = Span(3, 7)
    assert span.length == 4
    assert span.contains(Span(3, 7))
    assert not span.contains(Span(2, 5))
    assert span.overlaps(Span(6, 9))
    assert not span.overlaps(Span(7, 9))
    assert span.shift(-3) == Span(0, 4)
    assert span.cover(Span(10, 11)) == Span(3, 11)


def test_edits_are_made_at_once() -> None:
    text = "select a from t"
    edits = [Edit(Span(14, 15), "orders"), Edit(Span(0, 0), "-- x\n"), Edit(Span(7, 8), "")]
    assert apply_edits(text, edits) == "-- x\nselect  from orders"
    assert apply_edits(text, []) == text
    assert apply_edits(text, [Edit(Span(15, 15), ";"), Edit(Span(15, 15), "--")]) == "select a from t--;"


@pytest.mark.parametrize(
    ("first", "second"),
    [(Span(0, 3), Span(2, 4)), (Span(0, 3), Span(1, 2)), (Span(0, 3), Span(1, 1)), (Span(1, 2), Span(1, 2))],
)
def test_overlapping_edits_are_refused(first: Span, second: Span) -> None:
    with pytest.raises(OverlappingEdits):
        apply_edits("abcdef", [Edit(first, "x"), Edit(second, "y")])


@pytest.mark.parametrize("span", [Span(0, 7), Span(7, 8), Span(4, 3)])
def test_edits_outside_the_text_are_refused(span: Span) -> None:
    with pytest.raises(ValueError, match="outside"):
        apply_edits("abcdef", [Edit(span, "x")])


@given(TEXTS, st.data())
def test_disjoint_edits_keep_what_is_between(text: str, data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.sets(st.integers(0, len(text)), min_size=2, max_size=8))) if text else [0, 0]
    spans = [Span(a, b) for a, b in zip(cuts[::2], cuts[1::2], strict=False)]
    result = apply_edits(text, [Edit(span, "<>") for span in reversed(spans)])
    assert len(result) == len(text) - sum(span.length for span in spans) + 2 * len(spans)
    kept, at = "", 0
    for span in spans:
        kept, at = kept + text[at : span.start], span.end
    assert result.replace("<>", "") == kept + text[at:]


@given(TEXTS)
def test_lines_are_those_of_lf_crlf_and_cr(text: str) -> None:
    index = LineIndex(text)
    lines = re.split(r"\r\n|\r|\n", text)
    assert index.line_count == len(lines)
    assert [index.line_text(number) for number in range(1, len(lines) + 1)] == lines


@given(TEXTS, st.integers(-3, 70))
def test_positions_lead_back(text: str, offset: int) -> None:
    index = LineIndex(text)
    clamped = max(0, min(offset, len(text)))
    position = index.position(offset)
    assert 1 <= position.line <= index.line_count
    assert position.column >= 1
    if text[clamped - 1 : clamped + 1] != "\r\n":
        assert index.offset(position) == clamped


def test_offsets_are_clamped_to_the_line() -> None:
    index = LineIndex("ab\r\ncd")
    assert index.offset(Position(1, 99)) == 2
    assert index.offset(Position(1, -5)) == 0
    assert index.offset(Position(9, 1)) == 4
    assert index.offset(Position(0, 1)) == 0
    assert index.line_span(2) == Span(4, 6)
    assert index.position(3) == Position(1, 4)
    assert LineIndex("").position(5) == Position(1, 1)
    assert LineIndex("a\n").line_count == 2


@pytest.mark.parametrize(
    ("text", "wanted"),
    [("a\n  b", "a b"), ("x" * 50, "x" * 50), ("x" * 51, "x" * 49 + "…"), (" " * 60 + "x", "x"), ("", "")],
)
def test_shortened(text: str, wanted: str) -> None:
    assert shortened(text) == wanted
    assert len(shortened(text, 3)) <= 3


@pytest.mark.parametrize(
    ("word", "words", "expected"),
    [
        ("statu", ["status", "sent_at"], "status"),
        ("status", ["sent_at", "notification_status"], "notification_status"),
        ("status", ["sent_at", "old_status", "new_status"], "old_status"),
        ("order", ["orders"], "orders"),
        ("zebra", ["status"], None),
    ],
)
def test_what_somebody_may_have_meant(word: str, words: list[str], expected: str | None) -> None:
    assert nearest(word, words) == expected


def test_a_word_of_a_name_is_no_slip_of_the_pen() -> None:
    assert nearest("status", ["notification_status"], likeness=0.8) is None
