"""What a dbt file declares about itself: its configuration and the relations that it names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from leaktight.embedding.jinja.expressions import (
    NotLiteral,
    arguments_of,
    calls_of,
    closing_of,
    tokens_of,
    whole_literal,
)
from leaktight.embedding.jinja.outputs import relation_names
from leaktight.embedding.jinja.tags import Tag, TagKind, scan
from leaktight.text import Span

_CONFIG = frozenset(("config",))
_REFERENCES = frozenset(("ref", "source"))


class Reference(NamedTuple):
    """A `ref` or `source` call with literal names: `("model",)`, `("package", "model")`, `("source", "table")`.

    `span` is the call, from its name to its closing bracket, in the text that was asked about.
    """

    kind: str
    names: tuple[str, ...]
    span: Span


def _expressions(text: str) -> Iterator[Tag]:
    return (tag for tag in scan(text) if tag.kind in (TagKind.OUTPUT, TagKind.STATEMENT))


def config_of(text: str) -> Mapping[str, object]:
    """Give the literal arguments of the `config(…)` calls in `text`, later ones over earlier ones.

    Values are strings, numbers, booleans, None, and lists, tuples and dicts of such; an argument whose
    value is not literal is left out.
    """
    found: dict[str, object] = {}
    if "config" not in text:
        return found
    for tag in _expressions(text):
        if "config" not in tag.code:
            continue
        tokens = tokens_of(tag.code)
        for index in calls_of(tokens, _CONFIG):
            for name, value in arguments_of(tokens, index + 1):
                try:
                    literal = whole_literal(value)
                except NotLiteral:
                    continue
                if name is not None:
                    found[name] = literal
                elif isinstance(literal, dict):
                    found.update((key, item) for key, item in literal.items() if isinstance(key, str))
    return found


def references(text: str) -> tuple[Reference, ...]:
    """Give the `ref` and `source` calls in the tags of `text`, in order; those with computed names are left out."""
    if "ref" not in text and "source" not in text:
        return ()
    found: list[Reference] = []
    for tag in _expressions(text):
        if "ref" not in tag.code and "source" not in tag.code:
            continue
        tokens = tokens_of(tag.code)
        for index in calls_of(tokens, _REFERENCES):
            names = relation_names(tokens, index + 1)
            end = closing_of(tokens, index + 1)
            if names and end < len(tokens) and (tokens[index].text == "ref" or len(names) == 2):
                span = Span(tag.at + tokens[index].start, tag.at + tokens[end].end)
                found.append(Reference(tokens[index].text, names, span))
    return tuple(found)
