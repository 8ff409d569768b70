"""Makes the fixes of diagnostics in texts, round by round, and writes what has changed. Checks nothing itself.

The first place wins: a fix that touches what an earlier one of the same round has touched waits for the next round.
"""

from __future__ import annotations

import difflib
from bisect import bisect_left, insort
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from itertools import accumulate, chain, pairwise, takewhile

from leaktight.diagnostics import Applicability, Diagnostic, FileEdit, locate
from leaktight.files import SIZE_LIMIT, decode, encode, read_bytes, write_atomically
from leaktight.lazy import record
from leaktight.report import FixedFile
from leaktight.source import NotAnalysable, Source
from leaktight.text import Edit, Span, apply_edits

MOST_ROUNDS = 10
_LARGEST_TO_WRITE = 5 * SIZE_LIMIT


@record(frozen=True, slots=True)
class Checked:
    """What checking a source again gives: its diagnostics, and how many stretches of it no parser understands."""

    diagnostics: Sequence[Diagnostic]
    broken: int = 0


Recheck = Callable[[Source], Checked]


@record(frozen=True, slots=True)
class Refused:
    """A fix, or all fixes of a file, that was not made, and why."""

    path: str
    reason: str


@record(frozen=True)
class Settled:
    """A source after its fixes: the new text, what is still found in it, how many fixes were made of each rule."""

    source: Source
    fixed: FixedFile
    remaining: Sequence[Diagnostic]
    made: tuple[str, ...] = ()
    refused: tuple[Refused, ...] = ()


def fixable(diagnostics: Iterable[Diagnostic], *, unsafe: bool = False) -> list[Diagnostic]:
    """Give the diagnostics whose fix may be made: a safe one, or an unsafe one when that is asked for."""
    least = Applicability.UNSAFE if unsafe else Applicability.SAFE
    return [d for d in diagnostics if d.fix is not None and d.fix.edits and d.fix.applicability >= least]


def settle(source: Source, checked: Checked, recheck: Recheck, *, unsafe: bool = False) -> Settled:
    """Make fixes and check again until nothing is left to fix, at most ten times.

    `checked` is what is found in `source` as it stands. A fix after which less of the file can be parsed is refused.
    """
    before = source
    made: list[str] = []
    edits: list[tuple[FileEdit, ...]] = []
    refused: list[Refused] = []
    given_up: set[tuple[object, ...]] = set()
    seen = {source.text}
    for _ in range(MOST_ROUNDS):
        wanted = [d for d in fixable(checked.diagnostics, unsafe=unsafe) if _identity(d) not in given_up]
        chosen = _compatible(wanted, source)
        if not chosen:
            break
        outcome = _round(source, checked, chosen, recheck)
        for diagnostic in outcome.refused:
            title = diagnostic.fix.title if diagnostic.fix is not None else ""
            which = f"the fix of `{diagnostic.rule}` at line {diagnostic.location.start.line} ({title})"
            reason = f"{which} was not made: the result would not parse"
            refused.append(Refused(source.path, reason))
            given_up.add(_identity(diagnostic))
        if not outcome.made:
            continue
        if outcome.source.text in seen:
            rules = ", ".join(sorted({f"`{d.rule}`" for d in outcome.made}))
            refused.append(Refused(source.path, f"the fixes of {rules} undo one another; the last was left out"))
            break
        source, checked = outcome.source, outcome.checked
        seen.add(source.text)
        made += [d.rule for d in outcome.made]
        edits.append(tuple(edit for d in outcome.made if d.fix is not None for edit in d.fix.edits))
    else:
        if _compatible(fixable(checked.diagnostics, unsafe=unsafe), source):
            refused.append(Refused(source.path, f"there is still something to fix after {MOST_ROUNDS} rounds"))
    fixed = FixedFile(source.path, before.text, source.text, _whole(before, edits, source.text))
    return Settled(source, fixed, checked.diagnostics, tuple(made), tuple(refused))


def _whole(before: Source, rounds: Sequence[tuple[FileEdit, ...]], after: str) -> tuple[FileEdit, ...]:
    """Give the edits that lead from the first text to the last: those of the one round there was, or whole lines."""
    if len(rounds) == 1:
        edits = tuple(sorted(rounds[0], key=lambda edit: edit.location.span))
        if apply_edits(before.text, [Edit(edit.location.span, edit.content) for edit in edits]) == after:
            return edits
    return line_edits(before, after)


def _identity(diagnostic: Diagnostic) -> tuple[object, ...]:
    """Tell a fix by its words and not by its place, which earlier fixes move."""
    contents = tuple(edit.content for edit in diagnostic.fix.edits) if diagnostic.fix is not None else ()
    return diagnostic.rule, diagnostic.message, contents


def _compatible(diagnostics: Iterable[Diagnostic], source: Source) -> list[Diagnostic]:
    """Give the diagnostics, by the place of their first edit, none of whose fixes touches an earlier one's."""
    chosen: list[Diagnostic] = []
    taken: list[Span] = []
    made: set[tuple[Edit, ...]] = set()
    for diagnostic in sorted(diagnostics, key=_first_place):
        edits = _edits(diagnostic)
        if edits in made or not _applies(diagnostic, source):
            continue
        if any(_is_taken(edit.span, taken) for edit in edits):
            continue
        made.add(edits)
        chosen.append(diagnostic)
        for edit in edits:
            insort(taken, edit.span)
    return chosen


def _is_taken(span: Span, taken: Sequence[Span]) -> bool:
    """Say whether an edit clashes with one of others, which are sorted and apart from one another."""
    at = bisect_left(taken, span)
    before = takewhile(lambda other: other.end >= span.start, (taken[i] for i in range(at - 1, -1, -1)))
    after = takewhile(lambda other: other.start <= span.end, (taken[i] for i in range(at, len(taken))))
    return any(_clash(span, other) for other in chain(before, after))


def _first_place(diagnostic: Diagnostic) -> tuple[Span, tuple[str, Span, str, str]]:
    return min(edit.span for edit in _edits(diagnostic)), diagnostic.sort_key


def _edits(diagnostic: Diagnostic) -> tuple[Edit, ...]:
    assert diagnostic.fix is not None
    return tuple(Edit(edit.location.span, edit.content) for edit in diagnostic.fix.edits)


def _applies(diagnostic: Diagnostic, source: Source) -> bool:
    """Say whether the edits are all of this file, lie within its text, are apart, and change something."""
    assert diagnostic.fix is not None
    edits = sorted(_edits(diagnostic))
    return (
        all(edit.location.path == source.path for edit in diagnostic.fix.edits)
        and all(0 <= edit.span.start <= edit.span.end <= len(source.text) for edit in edits)
        and all(a.span.end <= b.span.start for a, b in pairwise(edits))
        and any(source.text[edit.span.start : edit.span.end] != edit.content for edit in edits)
    )


def _clash(a: Span, b: Span) -> bool:
    """Say whether two fixes' edits must not be made at once: they overlap, or touch where one of them inserts."""
    return a.overlaps(b) or (min(a.length, b.length) == 0 and a.start <= b.end and b.start <= a.end)


@record(frozen=True)
class _Outcome:
    source: Source
    checked: Checked
    made: Sequence[Diagnostic]
    refused: Sequence[Diagnostic] = ()


def _round(source: Source, checked: Checked, chosen: Sequence[Diagnostic], recheck: Recheck) -> _Outcome:
    """Make fixes at once; where the result would parse less, find the faulty ones by halves and leave them out."""
    whole = _made(source, chosen, recheck)
    if whole.checked.broken <= checked.broken:
        return whole
    if len(chosen) == 1:
        return _Outcome(source, checked, (), chosen)
    middle = len(chosen) // 2
    halves = [_round(source, checked, half, recheck) for half in (chosen[:middle], chosen[middle:])]
    sound = [d for half in halves for d in half.made]
    refused = [d for half in halves for d in half.refused]
    if not sound:
        return _Outcome(source, checked, (), refused)
    together = _made(source, sound, recheck)
    if together.checked.broken <= checked.broken:
        return replace(together, refused=refused)
    return replace(halves[0] if halves[0].made else halves[1], refused=refused)


def _made(source: Source, chosen: Sequence[Diagnostic], recheck: Recheck) -> _Outcome:
    text = apply_edits(source.text, [edit for diagnostic in chosen for edit in _edits(diagnostic)])
    after = with_text(source, text)
    return _Outcome(after, recheck(after), chosen)


def with_text(source: Source, text: str) -> Source:
    """Give the same file with another text; newlines that an edit brought in become those of the file."""
    if "\n" not in source.text.replace("\r\n", "") and "\r\n" in source.text:
        text = text.replace("\r\n", "\n").replace("\n", "\r\n")
    return Source(source.path, text, source.language, source.encoding, source.bom)


def line_edits(before: Source, after: str) -> tuple[FileEdit, ...]:
    """Give edits, whole lines each, that turn the text of `before` into `after`."""
    old, new = before.text.splitlines(keepends=True), after.splitlines(keepends=True)
    same = 0
    while same < min(len(old), len(new)) and old[same] == new[same]:
        same += 1
    offsets = [*accumulate((len(line) for line in old), initial=0)]
    return tuple(
        FileEdit(locate(before, Span(offsets[same + i], offsets[same + j])), "".join(new[same + k : same + m]))
        for tag, i, j, k, m in difflib.SequenceMatcher(None, old[same:], new[same:]).get_opcodes()
        if tag != "equal"
    )


def write(fixed: FixedFile, source: Source, path: str) -> Refused | None:
    """Write a fixed file to an absolute path, whole and atomically. Gives why it was not, or None when it was.

    `source` is the file as it was checked: a file that holds something else by now is left alone.
    """
    try:
        data = read_bytes(path, _LARGEST_TO_WRITE)
        now = decode(data, source.path, source.language)
    except NotAnalysable as problem:
        return Refused(fixed.path, f"was not fixed: {problem.reason}")
    if (now.text, now.encoding, now.bom) != (fixed.before, source.encoding, source.bom):
        return Refused(fixed.path, "was not fixed: it has changed since it was read")
    new, refused = encoded(fixed, source)
    if refused is not None:
        return refused
    try:
        write_atomically(path, new, expected=data)
    except OSError as error:
        return Refused(fixed.path, f"was not fixed: {(error.strerror or str(error)).lower()}")
    return None


def encoded(fixed: FixedFile, source: Source) -> tuple[bytes, Refused | None]:
    """Give the bytes of a fixed file; where its encoding lacks a character those of the file as it was, and why."""
    try:
        return encode(source, fixed.after), None
    except UnicodeEncodeError as error:
        lacking = f"was not fixed: {source.encoding} has no {fixed.after[error.start]!r}"
        return encode(source, fixed.before), Refused(fixed.path, lacking)


def diff(fixed: FixedFile, path: str) -> str:
    """Give what fixes change as a unified diff, `path` in its header."""
    lines: list[str] = []
    for line in difflib.unified_diff(_lines(fixed.before), _lines(fixed.after), path, path):
        if line.endswith("\n"):
            lines.append(line)
        else:
            lines.append(line + "\n\\ No newline at end of file\n")
    return "".join(lines)


def _lines(text: str) -> list[str]:
    """Give the lines as `patch` counts them: only a line feed ends one."""
    return [line + "\n" for line in text.split("\n")[:-1]] + (
        [text[text.rfind("\n") + 1 :]] if text[-1:] != "\n" else []
    )
