"""Where the values come from that JavaScript puts into SQL text, by the words of the expression alone."""

from __future__ import annotations

from leaktight.embedding.call import SqlCall
from leaktight.languages.document import Document
from leaktight.operations.pasting.origin import (
    NUMBER_WORDS,
    OUTSIDE_WORDS,
    RUNNER_WORDS,
    SAFE,
    SETTING_WORDS,
    UNKNOWN,
    Doubt,
    Origin,
    is_escaper,
)
from leaktight.operations.writing.target import words_of

_CASTS = ("Number(", "parseInt(", "parseFloat(", "BigInt(", "Math.", "Date.now(", "new Date(")
_PLACEHOLDERS = ("placeholder", "placeholders", "marks", "bindings")


def origin_in_javascript(document: Document, call: SqlCall, host: str) -> Origin:
    """Give the origin of an expression."""
    text = host.strip()
    root, words = _root(text), set(words_of(text))
    if text.startswith((*_CASTS, "+", "'", '"')) or text.endswith((".length", ".toISOString()")) or _is_number(text):
        return SAFE
    if _joins_marks(text) or ("(" in text and is_escaper(text.split("(", 1)[0])):
        return SAFE
    if root.lower() in OUTSIDE_WORDS or (root in ("ctx", "context") and words & OUTSIDE_WORDS):
        return Origin(Doubt.OUTSIDE, f"comes from `{root}`")
    if root.isupper() or words & {*SETTING_WORDS, *_PLACEHOLDERS} or "process.env" in text:
        return SAFE
    function = call.function
    if function is not None and root in function.parameters:
        head = document.slice(function.span).split("{", 1)[0]
        if f"{root}: number" in head or f"{root}: Date" in head or f"{root}: bigint" in head or words & NUMBER_WORDS:
            return SAFE
        if root == text:
            return Origin(Doubt.ARGUMENT, f"a parameter of `{function.name}`", trusted=bool(words & RUNNER_WORDS))
    return SAFE if not text.isidentifier() and words & NUMBER_WORDS else UNKNOWN


def _root(text: str) -> str:
    for index, character in enumerate(text):
        if not (character.isalnum() or character in "_$"):
            return text[:index]
    return text


def _is_number(text: str) -> bool:
    return text.replace(".", "", 1).replace("_", "").isdigit()


def _joins_marks(text: str) -> bool:
    """Say whether it makes a list of placeholders: `ids.map((_, i) => `$${i + 1}`).join(", ")`, `Array(n).fill("?")`."""
    return ".join(" in text and ("$${" in text or '"?"' in text or "'?'" in text or "=> `$" in text)
