"""Regions, and the map from a region to its file."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leaktight.source import HoleKind, Language, Region, RegionBuilder, Segment, Source, SourceMap, identity_map
from leaktight.text import Edit, Span, apply_edits

FILE = 'rows = db.execute(f"select {cols} from \\"t\\" where a = {a}")\n'


on_any_machine = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""How long texts take to draw says nothing of the code."""


def source(text: str = FILE, language: Language = Language.PYTHON) -> Source:
    return Source("a.py", text, language)


def example() -> Region:
    """The SQL of `FILE`: two fields are holes, two escapes are spelled otherwise."""
    builder = RegionBuilder(Region.whole(source()))
    at = FILE.index("select")
    brace = FILE.index("{cols}")
    builder.copy(Span(at, brace), forbidden='"{}\\\n')
    builder.hole(Span(brace, brace + 6), "cols", HoleKind.IDENTIFIER, host="cols")
    escape = FILE.index('\\"')
    builder.copy(Span(brace + 6, escape), forbidden='"{}\\\n')
    builder.hole(Span(escape, escape + 2), '"', HoleKind.ESCAPE)
    builder.copy(Span(escape + 2, escape + 3), forbidden='"{}\\\n')
    builder.hole(Span(escape + 3, escape + 5), '"', HoleKind.ESCAPE)
    field = FILE.index("{a}")
    builder.copy(Span(escape + 5, field), forbidden='"{}\\\n')
    builder.hole(Span(field, field + 3), "NULL", HoleKind.VALUE, host="a")
    return builder.build(Language.SQL, dialect="postgres", templated=True)


def test_what_a_region_says() -> None:
    region = example()
    assert region.text == 'select cols from "t" where a = NULL'
    assert (region.language, region.dialect, region.templated) == (Language.SQL, "postgres", True)
    assert [(s.hole, s.host) for s in region.map.segments if s.hole] == [
        (HoleKind.IDENTIFIER, "cols"), (HoleKind.ESCAPE, '\\"'), (HoleKind.ESCAPE, '\\"'), (HoleKind.VALUE, "a"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("words", "in_file"),
    [
        ("select", "select"),
        ("cols", "{cols}"),
        ("ol", "{cols}"),
        ("select cols", "select {cols}"),
        ('"t"', '\\"t\\"'),
        ("a = NULL", "a = {a}"),
        ('from "t" where', 'from \\"t\\" where'),
    ],
)
def test_spans_lead_to_the_file(words: str, in_file: str) -> None:
    region = example()
    start = region.text.index(words)
    span = region.map.to_file(Span(start, start + len(words)))
    assert FILE[span.start : span.end] == in_file


def test_what_may_be_edited() -> None:
    region = example()

    def editable(words: str, content: str = "x") -> bool:
        start = region.text.index(words)
        return region.map.editable(Span(start, start + len(words)), content)

    assert editable("select")
    assert editable("where a =")
    assert not editable("cols")
    assert not editable("select cols")
    assert not editable('"t"')
    assert editable("t")
    assert not editable("select", 'select "x"')
    assert not editable("select", "select {x}")
    assert not editable("select", "select\n")


def test_insertions_belong_to_the_verbatim_side() -> None:
    region = example()
    after_hole = region.text.index(" from")
    assert region.map.editable(Span(after_hole, after_hole), ", x")
    assert region.map.edit_span(Span(after_hole, after_hole)) == Span(*2 * (FILE.index("{cols}") + 6,))
    before_hole = region.text.index("cols")
    assert region.map.editable(Span(before_hole, before_hole), "x, ")
    assert region.map.edit_span(Span(before_hole, before_hole)) == Span(*2 * (FILE.index("{cols}"),))
    assert region.map.editable(Span(0, 0), "x")
    assert region.map.edit_span(Span(0, 0)) == Span(*2 * (FILE.index("select"),))
    end = len(region.text)
    assert not region.map.editable(Span(end, end), "x")
    inside = before_hole + 1
    assert not region.map.editable(Span(inside, inside), "x")


def test_holes_and_blanks() -> None:
    region = example()
    at = region.text.index("NULL")
    assert [hole.host for hole in region.map.holes(Span(at, at + 4))] == ["a"]
    assert [hole.host for hole in region.map.holes(Span(0, len(region.text)))] == ["cols", '\\"', '\\"', "a"]
    assert region.map.holes(Span(0, 6)) == []
    assert not region.map.is_blank(Span(at, at + 4))
    blank = Region.whole(source("ab")).masked("  ", [(Span(0, 2), HoleKind.BLANK)])
    assert blank.map.is_blank(Span(0, 2))
    assert blank.map.is_blank(Span(1, 1))


def test_an_empty_map() -> None:
    empty = SourceMap(())
    assert empty.to_file(Span(0, 3)) == Span(0, 0)
    assert empty.holes(Span(0, 1)) == []
    assert list(empty.covering(Span(0, 0))) == []


def test_a_mask_keeps_the_length() -> None:
    region = Region.whole(source("select {{ x }} from t", Language.SQL))
    masked = region.masked("select x       from t", [(Span(7, 14), HoleKind.VALUE)], variant=2)
    assert (masked.variant, masked.templated) == (2, True)
    assert masked.map.segments[1].host == "{{ x }}"
    assert [segment.verbatim for segment in masked.map.segments] == [True, False, True]
    assert masked.map.to_file(Span(7, 8)) == Span(7, 14)
    with pytest.raises(ValueError, match="a mask of 3"):
        region.masked("abc", [])


def test_a_mask_over_a_region_keeps_what_the_host_fills_in() -> None:
    region = example()
    hole = region.text.index("cols")
    masked = region.masked(region.text, [(Span(hole - 3, hole + 7), HoleKind.BLANK)])
    kinds = {segment.hole for segment in masked.map.covering(Span(hole, hole + 4))}
    assert kinds == {HoleKind.IDENTIFIER}
    assert masked.map.to_file(Span(hole, hole + 4)) == region.map.to_file(Span(hole, hole + 4))


def test_regions_over_regions() -> None:
    outer = RegionBuilder(Region.whole(source("xx[select a]yy[, b]zz")))
    outer.copy(Span(3, 11), forbidden="]")
    outer.copy(Span(15, 18), forbidden="]")
    base = outer.build(Language.PYTHON)
    assert base.text == "select a, b"
    inner = RegionBuilder(base)
    inner.copy(Span(7, 11), forbidden="'")
    inner.hole(Span(0, 6), "?", HoleKind.VALUE)
    region = inner.build(Language.SQL)
    assert region.text == "a, b?"
    assert [region.map.to_file(Span(at, at + 1)) for at in range(5)] == [
        Span(10, 11), Span(15, 16), Span(16, 17), Span(17, 18), Span(3, 9),
    ]  # fmt: skip
    assert {segment.forbidden for segment in region.map.segments[:2]} == {"]'"}
    assert not region.map.editable(Span(0, 2), "x")
    assert region.map.editable(Span(1, 3), "x")


def test_pieces_that_adjoin_in_the_file_are_edited_as_one() -> None:
    segments = (Segment(Span(0, 2), Span(5, 7)), Segment(Span(2, 4), Span(7, 9)), Segment(Span(4, 6), Span(12, 14)))
    joined = SourceMap(segments)
    assert joined.editable(Span(1, 3), "x")
    assert joined.edit_span(Span(1, 3)) == Span(6, 8)
    assert not joined.editable(Span(3, 5), "x")


def test_cells() -> None:
    whole = Source("a.ipynb", "0123456789", Language.NOTEBOOK, cells=((1, Span(1, 3)), (4, Span(5, 8))))
    assert whole.cell_at(0) is None
    assert whole.cell_at(3) == (1, Span(1, 3))
    assert whole.cell_at(4) is None
    assert whole.cell_at(5) == (4, Span(5, 8))
    assert whole.cell_at(9) is None
    assert Source("a.sql", "", Language.SQL).cell_at(0) is None


PIECES = st.lists(
    st.tuples(st.sampled_from([None, *HoleKind]), st.integers(0, 5), st.integers(0, 5), st.text("xyé😀\n", max_size=4)),
    max_size=12,
)


@st.composite
def regions(draw: st.DrawFn) -> tuple[Source, Region]:
    """A file of random pieces: copied, skipped, or a hole with a stand-in of another length."""
    text, plan = "", []
    for kind, skipped, length, stand_in in draw(PIECES):
        text += "-" * skipped
        plan.append((kind, Span(len(text), len(text) + length), stand_in))
        text += "".join("abcde"[: min(length, 5)])
    made = Source("a.py", text, Language.PYTHON)
    builder = RegionBuilder(Region.whole(made))
    for kind, span, stand_in in plan:
        if kind is None:
            builder.copy(span, forbidden="!")
        else:
            builder.hole(span, stand_in, kind)
    return made, builder.build(Language.SQL)


@on_any_machine
@given(regions(), st.data())
def test_any_span_lies_in_the_file(made: tuple[Source, Region], data: st.DataObject) -> None:
    whole, region = made
    start = data.draw(st.integers(0, len(region.text) + 2))
    end = data.draw(st.integers(start, len(region.text) + 2))
    span = region.map.to_file(Span(start, end))
    assert 0 <= span.start <= span.end <= len(whole.text)


@on_any_machine
@given(regions(), st.data())
def test_verbatim_text_is_the_text_of_the_file(made: tuple[Source, Region], data: st.DataObject) -> None:
    whole, region = made
    assert "".join(region.text[s.region.start : s.region.end] for s in region.map.segments) == region.text
    for segment in region.map.segments:
        if segment.verbatim:
            assert (
                region.text[segment.region.start : segment.region.end]
                == whole.text[segment.file.start : segment.file.end]
            )
    start = data.draw(st.integers(0, len(region.text)))
    end = data.draw(st.integers(start, len(region.text)))
    if end > start and region.map.editable(Span(start, end), "new"):
        place = region.map.edit_span(Span(start, end))
        assert whole.text[place.start : place.end] == region.text[start:end]
        changed = apply_edits(whole.text, [Edit(place, "new")])
        assert len(changed) == len(whole.text) - (end - start) + 3
    assert not region.map.editable(Span(start, end), "a!") or all(s.forbidden == "" for s in region.map.segments)


@on_any_machine
@given(regions(), st.data())
def test_a_mask_changes_no_place(made: tuple[Source, Region], data: st.DataObject) -> None:
    _, region = made
    length = len(region.text)
    cuts = sorted(data.draw(st.sets(st.integers(0, length), max_size=6)))
    holes = [(Span(a, b), HoleKind.BLANK) for a, b in zip(cuts[::2], cuts[1::2], strict=False)]
    masked = region.masked("_" * length, holes)
    assert [s.region.length for s in masked.map.segments if s.region.length] == [
        s.region.length for s in masked.map.segments
    ]
    assert sum(segment.region.length for segment in masked.map.segments) == length
    for at in range(length):
        hidden = any(hole.start <= at < hole.end for hole, _ in holes)
        here = masked.map.covering(Span(at, at + 1))
        assert len(here) == 1
        assert here[0].verbatim == (region.map.covering(Span(at, at + 1))[0].verbatim and not hidden)
        if not hidden:
            assert masked.map.to_file(Span(at, at + 1)) == region.map.to_file(Span(at, at + 1))


@on_any_machine
@given(st.integers(0, 30), st.integers(0, 30), st.integers(0, 30))
def test_the_identity(length: int, start: int, size: int) -> None:
    span = Span(min(start, length), min(start + size, length))
    assert identity_map(length).to_file(span) == span
    assert identity_map(length).edit_span(span) == span
    assert identity_map(length).editable(span, "anything\n\"'{}")
