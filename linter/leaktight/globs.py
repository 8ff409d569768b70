"""Path patterns as `.gitignore` writes them, compiled once and matched in linear time. Touches no file.

All paths are relative, with slashes. A pattern with a slash before its end is anchored where the patterns stand;
one without matches a name at any depth. Git's own cost is exponential on hostile patterns; here every `*` and `**`
but the last takes the earliest match for good, which finds the same matches and never tries twice.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

_POSIX_CLASSES = {
    "alpha": "a-zA-Z",
    "digit": "0-9",
    "alnum": "a-zA-Z0-9",
    "upper": "A-Z",
    "lower": "a-z",
    "space": r"\s",
    "xdigit": "0-9a-fA-F",
    "punct": r"!-/:-@\[-`{-~",
}
_ANY_DIRECTORIES = "(?:[^/]+/)*"


class _Pattern(NamedTuple):
    regex: str
    negated: bool
    directory: bool
    anchored: bool


def _parse(line: str) -> _Pattern | None:
    text = line.rstrip("\r\n")
    while text.endswith(" ") and not text.endswith("\\ "):
        text = text[:-1]
    if not text or text.startswith("#"):
        return None
    negated = text.startswith("!")
    text = text[negated:]
    directory = text.endswith("/")
    text = text.rstrip("/")
    anchored = "/" in text
    text = text.lstrip("/")
    if not text:
        return None
    regex = _translate(text.split("/"))
    return None if regex is None else _Pattern(regex, negated, directory, anchored)


def _translate(components: list[str]) -> str | None:
    """Give the regular expression of a pattern, without anchors; None when it can match nothing."""
    chunks: list[list[str]] = [[]]
    for component in components:
        if component == "**":
            if chunks[-1] or len(chunks) == 1:
                chunks.append([])
            continue
        regex = _component(component)
        if regex is None:
            return None
        chunks[-1].append(regex)
    pieces = ["/".join(chunk) for chunk in chunks]
    if len(pieces) == 1:
        return pieces[0]
    first, *middle, last = pieces
    regex = f"{first}/" if first else ""
    for piece in middle:
        regex += f"(?>(?:[^/]+/)*?{piece}/)"
    return regex + (f"{_ANY_DIRECTORIES}{last}" if last else ".+")


def _component(text: str) -> str | None:
    chunks: list[str] = [""]
    at = 0
    while at < len(text):
        character = text[at]
        at += 1
        if character == "*":
            if chunks[-1] or len(chunks) == 1:
                chunks.append("")
            continue
        if character == "?":
            chunks[-1] += "[^/]"
        elif character == "[":
            found = _character_class(text, at)
            if found is None:
                return None
            chunks[-1] += found[0]
            at = found[1]
        elif character == "\\":
            if at == len(text):
                return None
            chunks[-1] += re.escape(text[at])
            at += 1
        else:
            chunks[-1] += re.escape(character)
    if len(chunks) == 1:
        return chunks[0]
    first, *middle, last = chunks
    return first + "".join(f"(?>[^/]*?{chunk})" for chunk in middle) + "[^/]*" + last


def _character_class(text: str, at: int) -> tuple[str, int] | None:
    """Give the class that opens before `at`, and the offset after it; None when it does not close."""
    body = ""
    negated = text[at : at + 1] in ("!", "^")
    at += negated
    first = True
    while at < len(text):
        character = text[at]
        at += 1
        if character == "]" and not first:
            return (f"(?!/)[{'^' if negated else ''}{body}]", at) if body else None
        first = False
        if character == "[" and text[at : at + 1] == ":":
            end = text.find(":]", at)
            name = text[at + 1 : end]
            if end < 0 or name not in _POSIX_CLASSES:
                return None
            body += _POSIX_CLASSES[name]
            at = end + 2
        elif character == "-":
            body += "-" if body and at < len(text) and text[at] != "]" else r"\-"
        else:
            if character == "\\" and at < len(text):
                character = text[at]
                at += 1
            body += re.escape(character)
    return None


def _alternatives(patterns: Iterable[_Pattern]) -> re.Pattern[str] | None:
    regexes = dict.fromkeys(pattern.regex for pattern in patterns)
    if not regexes:
        return None
    try:
        return re.compile(r"(?:" + "|".join(regexes) + r")\Z", re.DOTALL)
    except re.error:
        readable = [regex for regex in regexes if _compiles(regex)]
        return re.compile(r"(?:" + "|".join(readable) + r")\Z", re.DOTALL) if readable else None


def _compiles(regex: str) -> bool:
    try:
        re.compile(regex, re.DOTALL)
    except re.error:
        return False
    return True


class _Run(NamedTuple):
    """Patterns that follow one another and all ignore or all re-include."""

    ignores: bool
    file_names: re.Pattern[str] | None
    file_paths: re.Pattern[str] | None
    directory_names: re.Pattern[str] | None
    directory_paths: re.Pattern[str] | None


class IgnorePatterns:
    """The patterns of one ignore file, for somebody who walks the tree and does not enter what is ignored."""

    def __init__(self, lines: Iterable[str]) -> None:
        runs: list[_Run] = []
        pending: list[_Pattern] = []
        for line in lines:
            pattern = _parse(line)
            if pattern is None:
                continue
            if pending and pending[-1].negated != pattern.negated:
                runs.append(_run(pending))
                pending = []
            pending.append(pattern)
        if pending:
            runs.append(_run(pending))
        self._runs = runs[::-1]

    def __bool__(self) -> bool:
        return bool(self._runs)

    def verdict(self, name: str, path: str, directory: bool) -> bool | None:
        """Say whether an entry is ignored; None when no pattern speaks of it. The last pattern that does decides.

        `path` is relative to where the patterns stand, `name` its last part.
        """
        for run in self._runs:
            names, paths = (run.directory_names, run.directory_paths) if directory else (run.file_names, run.file_paths)
            if (names is not None and names.match(name)) or (paths is not None and paths.match(path)):
                return run.ignores
        return None


def _run(patterns: Sequence[_Pattern]) -> _Run:
    return _Run(
        not patterns[0].negated,
        _alternatives(p for p in patterns if not p.anchored and not p.directory),
        _alternatives(p for p in patterns if p.anchored and not p.directory),
        _alternatives(p for p in patterns if not p.anchored),
        _alternatives(p for p in patterns if p.anchored),
    )


class Globs:
    """Patterns that speak of files by their path alone: a pattern that matches a directory matches all beneath it."""

    def __init__(self, patterns: Iterable[str]) -> None:
        self.patterns = tuple(patterns)
        self._ignore = IgnorePatterns(self.patterns)

    def __bool__(self) -> bool:
        return bool(self._ignore)

    def match(self, path: str) -> bool:
        """Say whether a file's path, or a directory that it stands in, matches."""
        at = path.find("/")
        start = 0
        while at >= 0:
            if self._ignore.verdict(path[start:at], path[:at], True):
                return True
            start = at + 1
            at = path.find("/", start)
        return bool(self._ignore.verdict(path[start:], path, False))


def literal_prefix(pattern: str) -> str:
    """Give the directory that every match of an anchored pattern stands in, `""` for the root."""
    pattern = pattern.lstrip("/")
    parts: list[str] = []
    for part in pattern.split("/")[:-1]:
        if not part or any(character in part for character in "*?[\\"):
            break
        parts.append(part)
    return "/".join(parts) if "/" in pattern else ""


class Layer(NamedTuple):
    """One set of ignore patterns. A path relative to the root is `prefix + path[offset:]` to the patterns."""

    patterns: IgnorePatterns
    prefix: str
    offset: int


def is_ignored(layers: tuple[Layer, ...], excludes: tuple[Layer, ...], name: str, path: str, directory: bool) -> bool:
    """Say whether a path is left out: by any exclude, else by the innermost layer that says anything of it."""
    for patterns, _, _ in excludes:
        if patterns.verdict(name, path, directory):
            return True
    for patterns, prefix, offset in reversed(layers):
        found = patterns.verdict(name, prefix + path[offset:], directory)
        if found is not None:
            return found
    return False
