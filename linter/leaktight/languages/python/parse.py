"""A region's text to a Python document, or the reason why not."""

from __future__ import annotations

import ast
import warnings

from leaktight.languages.python.document import PythonDocument
from leaktight.source import NotAnalysable, Region, Source
from leaktight.text import LineIndex, Span


def parse_python(region: Region, source: Source) -> PythonDocument:
    """Give the document of a region.

    Raises `NotAnalysable` when the running interpreter's grammar does not read it: the reason names a
    syntax error with its line, too deep nesting, or what else is wrong.
    """
    return PythonDocument(region, source, _tree(region.text))


def _tree(text: str) -> ast.Module:
    # CPython's own parser bounds brackets (200), indents (100) and its stack, so that depth ends in an
    # exception; a long chain of `a + a + …` ends in RecursionError.
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text)
    except SyntaxError as error:
        message = error.msg or "invalid syntax"
        if "too many nested" in message or "too many levels" in message:
            raise NotAnalysable(f"too deep nesting: {message}", code="nesting") from None
        raise NotAnalysable(f"syntax error: {message}", _place(text, error)) from None
    except (RecursionError, MemoryError):
        raise NotAnalysable("too deep nesting", code="nesting") from None
    except ValueError as error:
        raise NotAnalysable(f"not Python text: {error}") from None


def _place(text: str, error: SyntaxError) -> Span | None:
    """Give the line of a syntax error: its columns are not to be trusted inside f-strings."""
    if not error.lineno:
        return None
    return LineIndex(text).line_span(error.lineno)
