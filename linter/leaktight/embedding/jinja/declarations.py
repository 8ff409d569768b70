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


class Setting(NamedTuple):
    """A literal argument of a `config(…)` call, and its place in the text that was asked about."""

    value: object
    span: Span


def settings_of(text: str) -> Mapping[str, Setting]:
    """Give the literal arguments of the `config(…)` calls in `text`, later ones over earlier ones.

    Values are strings, numbers, booleans, None, and lists, tuples and dicts of such; an argument whose
    value is not literal is left out.
    """
    found: dict[str, Setting] = {}
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
                span = Span(tag.at + value[0].start, tag.at + value[-1].end)
                if name is not None:
                    found[name] = Setting(literal, span)
                elif isinstance(literal, dict):
                    found.update((key, Setting(item, span)) for key, item in literal.items() if isinstance(key, str))
    return found


def config_of(text: str) -> Mapping[str, object]:
    """Give the values of `settings_of`."""
    return {name: setting.value for name, setting in settings_of(text).items()}


def called_relation(code: str) -> tuple[str, ...]:
    """Give the names of a relation that an expression is, with or without its braces: `ref('orders')`, `source('raw', 'o')`.

    A model is one name, whatever its package; nothing for any other expression.
    """
    tokens = tokens_of(code.strip().removeprefix("{{").removesuffix("}}"))
    if len(tokens) < 4 or tokens[0].text not in _REFERENCES or tokens[1].text != "(":
        return ()
    if closing_of(tokens, 1) != len(tokens) - 1:
        return ()
    names = relation_names(tokens, 1)
    if tokens[0].text == "ref":
        return names[-1:]
    return names if len(names) == 2 else ()


def snapshots_of(text: str) -> tuple[tuple[str, Span], ...]:
    """Give the names that `{% snapshot … %}` tags begin, each with its place."""
    if "snapshot" not in text:
        return ()
    found = []
    for tag in scan(text):
        if tag.word == "snapshot":
            tokens = tokens_of(tag.code)
            if len(tokens) > 1 and tokens[1].kind == "name":
                found.append((tokens[1].text, Span(tag.at + tokens[1].start, tag.at + tokens[1].end)))
    return tuple(found)


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
