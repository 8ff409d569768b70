"""Puts the views of a template together as texts of its own length."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from leaktight.embedding.jinja.blocks import Blocks
from leaktight.embedding.jinja.choices import Chooser
from leaktight.embedding.jinja.outputs import Output
from leaktight.embedding.jinja.place import Context
from leaktight.embedding.jinja.repairs import dangling, leaves_gap
from leaktight.embedding.jinja.stand_ins import Glue, blank, fill
from leaktight.embedding.jinja.tags import TagKind, has_template, scan
from leaktight.embedding.jinja.views import Template, View
from leaktight.source import HoleKind, Region
from leaktight.text import Span

_ROUNDS = 5
_MARKS = range(0xE000, 0xF8FF)
_Hole = tuple[Span, HoleKind]
_Piece = tuple[int, int, str, HoleKind]


def mask(region: Region) -> tuple[Region, ...]:
    """Give the views of a SQL region in which a Jinja template may stand.

    Each view is as long as the region, has its newlines where they were, and takes one way through the
    template's branches; together they show every arm that can be taken, up to `views.MOST_VIEWS`. A region
    without a template is given back as it is. Holes are `RELATION` for `ref`, `source` and `this`, `ESCAPE`
    for text that the template spells out, `IDENTIFIER` and `VALUE` for what is unknown, by its place
    (blanks, where it may be anything or nothing), and `BLANK` for what writes nothing.
    """
    text = region.text
    if not has_template(text):
        return (region,)
    tags = scan(text)
    if all(tag.kind is TagKind.TEXT for tag in tags):
        return (region,)
    mark = next((chr(code) for code in _MARKS if chr(code) not in text), None)
    if mark is None:
        return (region.masked(blank(text), [(Span(0, len(text)), HoleKind.BLANK)]),)
    template = Template(tags)
    found: dict[str, list[_Hole]] = {}
    for _ in range(_ROUNDS):
        found.clear()
        barred = False
        for view in template.views(region.dialect):
            written, holes, gaps = _write(text, mark, view, region.dialect)
            barred = barred or gaps
            found.setdefault(written, holes)
        if not barred:
            break
        template.forget()
    return tuple(region.masked(written, holes, variant=index) for index, (written, holes) in enumerate(found.items()))


def _write(text: str, mark: str, view: View, dialect: str | None) -> tuple[str, list[_Hole], bool]:
    """Give the text of a view, its holes, and whether a branch left out turned out to be needed."""
    pieces: list[_Piece] = []
    over: list[_Piece] = []
    waiting: list[Output] = []
    skeleton: list[str] = []
    gaps: list[tuple[int, int]] = []
    done = 0
    for start, end, output in _ordered(view):
        if start > done:
            skeleton.append(blank(text[done:start]))
            gaps.append((done, start))
            pieces.append((done, start, skeleton[-1], HoleKind.BLANK))
        if output is None:
            skeleton.append(text[start:end])
        else:
            settled = _settled(text, output)
            if settled is None:
                skeleton.append(mark * (end - start))
                waiting.append(output)
            else:
                skeleton.append(settled)
                pieces.append((start, end, settled, output.kind))
        done = end
    if done < len(text):
        skeleton.append(blank(text[done:]))
        gaps.append((done, len(text)))
        pieces.append((done, len(text), skeleton[-1], HoleKind.BLANK))
    context = Context("".join(skeleton), mark, dialect)
    for output in waiting:
        context.wait(output.start, output.end)
    blocks = Blocks(text, context)
    blocks.separate(view.blocks)
    barred = False
    for chain in view.gaps:
        if leaves_gap(context, chain.start, chain.end):
            chain.barred = barred = True
    chooser = Chooser(text, context)
    for output in waiting:
        if any(start <= output.start < end for start, end in blocks.erased):
            continue
        written, kind = chooser.write(output)
        pieces.append((output.start, output.end, written, kind))
        if kind is not HoleKind.BLANK and not written.strip():
            gaps.append((output.start, output.end))
    over.extend((start, start + len(written), written, HoleKind.BLANK) for start, written in blocks.written)
    over.extend((start, end, blank(text[start:end]), HoleKind.BLANK) for start, end in blocks.erased)
    looked = 0
    for start, end in sorted(gaps):
        if start < looked:
            continue
        looked = context.after(end)[1] - 1
        loose = dangling(context, start, end)
        if loose is not None:
            nothing = " " * (loose[1] - loose[0])
            context.put(loose[0], nothing)
            over.append((*loose, nothing, HoleKind.BLANK))
    pieces.sort(key=lambda piece: piece[0])
    written, holes = _joined(text, pieces)
    return *(_covered(written, holes, over) if over else (written, holes)), barred


def _ordered(view: View) -> Iterator[tuple[int, int, Output | None]]:
    spans: list[tuple[int, int, Output | None]] = [(start, end, None) for start, end in view.live]
    spans.extend((output.start, output.end, output) for output in view.outputs)
    spans.sort(key=lambda span: span[0])
    return iter(spans)


def _settled(text: str, output: Output) -> str | None:
    """Give the text of an output that is known whatever its place, or None."""
    if output.content is None:
        return None
    host = text[output.start : output.end]
    if not output.content.strip():
        return blank(host)
    if output.content == "=" and text[output.start - 1 : output.start].isspace():
        before = text[max(output.start - 20, 0) : output.start].rstrip()
        if before.endswith(("<", ">")):
            return blank(host)
    left = output.start > 0 and (text[output.start - 1].isalnum() or text[output.start - 1] in "_'\"`")
    right = output.end < len(text) and (text[output.end].isalnum() or text[output.end] in "_'\"`")
    if left and right:
        return None
    return fill(host, output.content, Glue.LEFT if left else Glue.RIGHT if right else Glue.NONE)


def _joined(text: str, pieces: list[_Piece]) -> tuple[str, list[_Hole]]:
    """Write pieces, in order and apart from one another, over the text, and give the holes."""
    parts: list[str] = []
    holes: list[_Hole] = []
    done = 0
    for start, end, written, kind in pieces:
        parts += (text[done:start], written)
        _add(holes, Span(start, end), kind)
        done = end
    parts.append(text[done:])
    return "".join(parts), holes


def _add(holes: list[_Hole], span: Span, kind: HoleKind) -> None:
    if kind is HoleKind.BLANK and holes and holes[-1][1] is kind and holes[-1][0].end == span.start:
        holes[-1] = (Span(holes[-1][0].start, span.end), kind)
    else:
        holes.append((span, kind))


def _covered(text: str, holes: list[_Hole], over: list[_Piece]) -> tuple[str, list[_Hole]]:
    """Write pieces over a text with holes, later ones over earlier ones."""
    characters = list(text)
    owners: list[_Hole | None] = [None] * len(text)
    for span, kind in holes:
        owners[span.start : span.end] = [(span, kind)] * span.length
    for start, end, written, kind in over:
        characters[start:end] = written
        owners[start:end] = [(Span(start, end), kind)] * (end - start)
    found: list[_Hole] = []
    at = 0
    for owner, run in groupby(owners):
        length = sum(1 for _ in run)
        if owner is not None:
            _add(found, Span(at, at + length), owner[1])
        at += length
    return "".join(characters), found
