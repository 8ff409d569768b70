"""Fixes made in texts, round by round, and written to files that keep what is not text."""

from __future__ import annotations

import codecs
import errno
import os
import stat
import subprocess
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest

from leaktight import files, fixes
from leaktight.diagnostics import Applicability, Diagnostic, FileEdit, FileFix, Severity, locate
from leaktight.files import decode
from leaktight.fixes import Checked, diff, fixable, line_edits, settle, write
from leaktight.report import FixedFile
from leaktight.source import Language, Source
from leaktight.text import Edit, Span, apply_edits

SAFE, UNSAFE = Applicability.SAFE, Applicability.UNSAFE


def found(
    source: Source, *edits: tuple[int, int, str], rule: str = "r", applicability: Applicability = SAFE
) -> Diagnostic:
    made = tuple(FileEdit(locate(source, Span(start, end)), content) for start, end, content in edits)
    return Diagnostic(
        rule, Severity.WARNING, "loss", f"found by {rule}", locate(source, Span(edits[0][0], edits[0][1])),
        fix=FileFix("Fix it", applicability, made),
    )  # fmt: skip


def swaps(*pairs: tuple[str, str], applicability: Applicability = SAFE) -> Callable[[Source], Checked]:
    """A check that finds words and would put others in their place; a `(` is what it cannot parse."""

    def check(source: Source) -> Checked:
        diagnostics = []
        for old, new in pairs:
            at = source.text.find(old)
            while at >= 0:
                diagnostics.append(found(source, (at, at + len(old), new), rule=old, applicability=applicability))
                at = source.text.find(old, at + 1)
        return Checked(diagnostics, source.text.count("("))

    return check


def sql(text: str) -> Source:
    return Source("a.sql", text, Language.SQL)


def run(text: str, check: Callable[[Source], Checked], *, unsafe: bool = False) -> fixes.Settled:
    source = sql(text)
    return settle(source, check(source), check, unsafe=unsafe)


def test_all_places_in_one_round() -> None:
    settled = run("a b a", swaps(("a", "xyz")))
    assert settled.source.text == "xyz b xyz"
    assert settled.made == ("a", "a")
    assert settled.remaining == []
    assert [edit.content for edit in settled.fixed.edits] == ["xyz", "xyz"]


def test_unsafe_fixes_only_when_asked_for_and_hints_never() -> None:
    check = swaps(("a", "b"), applicability=UNSAFE)
    assert run("a", check).source.text == "a"
    assert run("a", check, unsafe=True).source.text == "b"
    assert run("a", swaps(("a", "b"), applicability=Applicability.DISPLAY), unsafe=True).source.text == "a"


def test_the_first_place_wins_and_the_other_waits_for_its_round() -> None:
    settled = run("abc", swaps(("bc", "q"), ("ab", "x"), ("xc", "done")))
    assert settled.source.text == "done"
    assert settled.made == ("ab", "xc")


def test_a_fix_is_made_whole_or_not_at_all() -> None:
    source = sql("0123456789")
    first, second = found(source, (1, 2, "a"), (8, 9, "b")), found(source, (3, 4, "c"), (8, 9, "d"), rule="s")
    rounds = iter([Checked([])])
    settled = settle(source, Checked([second, first]), lambda _: next(rounds))
    assert settled.source.text == "0a234567b9"


def test_two_insertions_at_one_place_are_not_made_at_once() -> None:
    source = sql("ab")
    rounds = iter([Checked([])])
    settled = settle(
        source, Checked([found(source, (1, 1, "x")), found(source, (1, 1, "y"), rule="s")]), lambda _: next(rounds)
    )
    assert settled.source.text == "axb"


def test_what_is_chosen_is_what_looking_at_every_pair_chooses() -> None:
    source = sql("abcdefghij" * 4)
    for seed in range(300):
        random = Random(seed)
        wanted = []
        for _ in range(12):
            starts = sorted(random.sample(range(38), random.choice((1, 1, 2))))
            ends = [start + random.choice((0, 0, 1, 2)) for start in starts]
            if len(starts) == 1 or ends[0] <= starts[1]:
                wanted.append(found(source, *((a, b, str(seed)) for a, b in zip(starts, ends, strict=True))))
        chosen: list[Diagnostic] = []
        for one in sorted(wanted, key=fixes._first_place):
            spans = [edit.span for edit in fixes._edits(one)]
            taken = [edit.span for other in chosen for edit in fixes._edits(other)]
            same = any(fixes._edits(one) == fixes._edits(other) for other in chosen)
            if not same and not any(fixes._clash(a, b) for a in spans for b in taken):
                chosen.append(one)
        assert fixes._compatible(wanted, source) == chosen


def test_many_fixes_are_not_compared_each_with_each(monkeypatch: pytest.MonkeyPatch) -> None:
    compared = 0
    clash = fixes._clash

    def count(a: Span, b: Span) -> bool:
        nonlocal compared
        compared += 1
        return clash(a, b)

    monkeypatch.setattr(fixes, "_clash", count)
    assert len(run("a " * 2_000, swaps(("a", "b"))).made) == 2_000
    assert compared < 20_000


def test_one_fix_of_two_rules_is_made_once() -> None:
    source = sql("ab")
    rounds = iter([Checked([])])
    settled = settle(
        source, Checked([found(source, (1, 1, "x")), found(source, (1, 1, "x"), rule="s")]), lambda _: next(rounds)
    )
    assert settled.source.text == "axb"
    assert len(settled.made) == 1


def test_what_no_longer_parses_is_refused_and_the_rest_is_made() -> None:
    settled = run("a ruin a ruin a", swaps(("a", "b"), ("ruin", "(")))
    assert settled.source.text == "b ruin b ruin b"
    assert [refused.reason for refused in settled.refused] == [
        "the fix of `ruin` at line 1 (Fix it) was not made: the result would not parse"
    ] * 2


def test_a_file_that_never_parsed_is_fixed_all_the_same() -> None:
    assert run("( a", swaps(("a", "b"))).source.text == "( b"


def test_fixes_that_are_sound_apart_but_not_together() -> None:
    def check(source: Source) -> Checked:
        checked = swaps(("a", "c"), ("b", "d"))(source)
        return Checked(checked.diagnostics, int("c d" in source.text))

    settled = run("a b", check)
    assert settled.source.text in ("c b", "a d")


def test_fixes_that_undo_one_another_end() -> None:
    settled = run("a", swaps(("a", "b"), ("b", "a")))
    assert settled.source.text == "b"
    assert settled.refused[0].reason == "the fixes of `b` undo one another; the last was left out"


def test_fixes_without_end_are_stopped() -> None:
    settled = run("a", swaps(("a", "ab")))
    assert settled.source.text == "a" + "b" * fixes.MOST_ROUNDS
    assert settled.refused[0].reason == "there is still something to fix after 10 rounds"


def test_edits_that_do_not_fit_are_left_out() -> None:
    source = sql("abc")
    other = Source("b.sql", "abcdef", Language.SQL)
    beyond = found(other, (4, 6, "x"))
    elsewhere = found(other, (0, 1, "x"), rule="s")
    nothing = found(source, (0, 1, "a"), rule="t")
    overlapping = found(source, (0, 2, "x"), (1, 3, "y"), rule="u")
    settled = settle(source, Checked([beyond, elsewhere, nothing, overlapping]), lambda _: Checked([]))
    assert settled.source.text == "abc"
    assert fixable([Diagnostic("r", Severity.NOTE, "loss", "", locate(source, Span(0, 1)))]) == []


def test_new_lines_are_those_of_the_file() -> None:
    assert run("a\r\nb\r\n", swaps(("a", "x\ny"))).source.text == "x\r\ny\r\nb\r\n"
    assert run("a\nb\r\n", swaps(("a", "x\ny"))).source.text == "x\ny\nb\r\n"


@pytest.mark.parametrize(
    ("text", "changes"), [("a\r\nb\r\n", [("a", "x\ny")]), ("abc\nd\ne", [("ab", "x"), ("xc", "1\n2"), ("e", "")])]
)
def test_the_edits_of_a_fixed_file_lead_from_before_to_after(text: str, changes: list[tuple[str, str]]) -> None:
    fixed = run(text, swaps(*changes)).fixed
    edits = [Edit(edit.location.span, edit.content) for edit in fixed.edits]
    assert apply_edits(fixed.before, edits) == fixed.after != text


def test_line_edits() -> None:
    before = sql("1\n2\n3\n4\n")
    assert [(e.location.span, e.content) for e in line_edits(before, "1\nx\n3\n")] == [
        (Span(2, 4), "x\n"), (Span(6, 8), ""),
    ]  # fmt: skip


# Files


def fix_file(path: Path, old: str, new: str, data: bytes) -> tuple[FixedFile, Source]:
    source = decode(data, path.name, Language.PYTHON if path.suffix == ".py" else Language.SQL)
    return FixedFile(source.path, source.text, source.text.replace(old, new)), source


@pytest.mark.parametrize(
    "data",
    [
        "select 'é', a\r\nfrom t\r\n".encode(),
        codecs.BOM_UTF8 + "select 'é', a\n".encode(),
        codecs.BOM_UTF16_LE + "select 'é', a\r\n".encode("utf-16-le"),
        b"select a\rfrom t",
    ],
)
def test_bytes_that_are_not_fixed_stay(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.sql"
    path.write_bytes(data)
    fixed, source = fix_file(path, "a", "bcd", data)
    assert write(fixed, source, str(path)) is None
    a, bcd = ("a", "bcd") if source.encoding == "utf-8" else ("a\0", "b\0c\0d\0")
    assert path.read_bytes() == data.replace(a.encode(), bcd.encode())
    assert os.listdir(tmp_path) == ["a.sql"]


def test_a_declared_encoding_stays_and_must_have_the_characters(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    data = b"# coding: latin-1\nx = '\xe9'\n"
    path.write_bytes(data)
    fixed, source = fix_file(path, "x", "y", data)
    assert write(fixed, source, str(path)) is None
    assert path.read_bytes() == data.replace(b"x", b"y")
    fixed, source = fix_file(path, "y", "€", path.read_bytes())
    refused = write(fixed, source, str(path))
    assert refused is not None
    assert refused.reason == "was not fixed: iso8859-1 has no '€'"
    assert path.read_bytes() == data.replace(b"x", b"y")


def test_mode_and_link_stay(tmp_path: Path) -> None:
    path, link = tmp_path / "real" / "a.sql", tmp_path / "link.sql"
    path.parent.mkdir()
    path.write_bytes(b"a")
    path.chmod(0o754)
    link.symlink_to(path)
    fixed, source = fix_file(link, "a", "b", b"a")
    assert write(fixed, source, str(link)) is None
    assert link.is_symlink()
    assert path.read_bytes() == b"b"
    assert stat.S_IMODE(path.stat().st_mode) == 0o754


@pytest.mark.parametrize("mode", [0o444, 0o555])
def test_a_read_only_file_is_left_alone(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "a.sql"
    path.write_bytes(b"a")
    path.chmod(mode)
    fixed, source = fix_file(path, "a", "b", b"a")
    refused = write(fixed, source, str(path))
    assert refused is not None
    assert refused.reason == "was not fixed: it is read-only"
    assert (path.read_bytes(), os.listdir(tmp_path)) == (b"a", ["a.sql"])
    path.chmod(0o644)
    assert write(fixed, source, str(path)) is None
    assert path.read_bytes() == b"b"


@pytest.mark.parametrize("allowed", [True, False])
def test_the_owner_stays_where_the_system_lets_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, allowed: bool
) -> None:
    path = tmp_path / "a.sql"
    path.write_bytes(b"a")
    fixed, source = fix_file(path, "a", "b", b"a")
    asked: list[tuple[int, int]] = []
    real = os.stat

    def chown(place: str, owner: int, group: int) -> None:
        asked.append((owner, group))
        if owner != -1 and not allowed:
            raise PermissionError(errno.EPERM, "Operation not permitted")

    def foreign(place: str, **options: Any) -> os.stat_result:
        found = real(place, **options)
        return os.stat_result((*found[:4], 4242, 4243, *found[6:])) if place == str(path) else found

    monkeypatch.setattr(files.os, "chown", chown)
    monkeypatch.setattr(files.os, "stat", foreign)
    assert write(fixed, source, str(path)) is None
    assert asked == ([(4242, 4243)] if allowed else [(4242, 4243), (-1, 4243)])
    monkeypatch.undo()
    assert path.read_bytes() == b"b"


def test_a_file_that_has_changed_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.sql"
    fixed, source = fix_file(path, "a", "b", b"a")
    for now in (b"a ", codecs.BOM_UTF8 + b"a", b"\xff"):
        path.write_bytes(now)
        refused = write(fixed, source, str(path))
        assert refused is not None
        assert refused.reason.startswith("was not fixed: ")
        assert path.read_bytes() == now
    path.unlink()
    assert write(fixed, source, str(path)) is not None
    assert not path.exists()


def test_a_change_in_the_last_moment_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.sql"
    path.write_bytes(b"a")
    fixed, source = fix_file(path, "a", "b", b"a")
    real = os.fsync

    def meddle(descriptor: int) -> None:
        path.write_bytes(b"somebody else")
        real(descriptor)

    monkeypatch.setattr(files.os, "fsync", meddle)
    refused = write(fixed, source, str(path))
    assert refused is not None
    assert refused.reason == "was not fixed: it has changed since it was read"
    assert path.read_bytes() == b"somebody else"
    assert os.listdir(tmp_path) == ["a.sql"]


def test_a_write_that_fails_leaves_the_file_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.sql"
    path.write_bytes(b"a")
    fixed, source = fix_file(path, "a", "b", b"a")

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files.os, "fsync", full)
    refused = write(fixed, source, str(path))
    assert refused is not None
    assert refused.reason == "was not fixed: no space left on device"
    assert path.read_bytes() == b"a"
    assert os.listdir(tmp_path) == ["a.sql"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a\nb\nc\n", "a\nx\nc\n"), ("a\nb", "a\nx"), ("a\nb", "a\nb\nc\n"), ("a\r\nb\r\n", "a\r\nx\r\n"),
        ("a\x0cb\u2028c\nd\n", "a\x0cb\u2028c\nx\n"), ("a\n", ""), ("\n\n", "x\n\n"),
    ],
)  # fmt: skip
def test_the_diff_can_be_applied(tmp_path: Path, before: str, after: str) -> None:
    path = tmp_path / "a.sql"
    path.write_bytes(before.encode())
    text = diff(FixedFile("a.sql", before, after), "a.sql")
    assert text.startswith("--- a.sql\n+++ a.sql\n@@")
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    subprocess.run(["git", "-C", str(tmp_path), "apply", "-p0", "-"], input=text.encode(), check=True)
    assert path.read_bytes() == after.encode()
