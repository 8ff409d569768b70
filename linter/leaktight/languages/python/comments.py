"""The comments of a Python text."""

from __future__ import annotations

import tokenize
from collections.abc import Iterator
from itertools import pairwise

from leaktight.languages.python.places import line_starts
from leaktight.text import Span


def comments_of(text: str) -> Iterator[tuple[Span, str]]:
    """Yield each comment, `#` included, with its span; what follows an unreadable place is left out."""
    if "#" not in text:
        return
    starts = line_starts(text)
    # Lines as `tokenize` wants them: all three newline forms end a line, each told as a line feed.
    lines = (text[start:end].rstrip("\r\n") + "\n" for start, end in pairwise([*starts, len(text)]))
    try:
        for token in tokenize.generate_tokens(lambda: next(lines, "")):
            if token.type == tokenize.COMMENT:
                line, column = token.start
                start = starts[line - 1] + column
                yield Span(start, start + len(token.string)), token.string
    except (tokenize.TokenError, SyntaxError):
        return
