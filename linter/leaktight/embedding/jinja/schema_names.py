"""What a dbt project's own macro `generate_schema_name` makes of the schema that is set for a model."""

from __future__ import annotations

from leaktight.embedding.jinja.expressions import tokens_of
from leaktight.embedding.jinja.tags import TagKind, scan

_MACRO = "generate_schema_name"
_DEFAULTS = frozenset({"default_schema", "target.schema"})
_FILTERS = ("|trim", "|lower")
_PLAIN = (
    ("if none", "default", "else", "custom", "endif"),
    ("if given", "custom", "else", "default", "endif"),
)


def takes_schemas_as_they_are(text: str) -> bool:
    """Say whether a file has the macro, and that calls the schema `marts` so, and not `dbt_ada_marts`."""
    steps: list[str] = []
    parameter = ""
    for tag in scan(text):
        words = [token.text for token in tokens_of(tag.code)]
        if tag.word == "macro":
            parameter = words[3] if len(words) > 4 and words[1] == _MACRO else ""
            steps = []
        elif tag.word == "endmacro" and parameter:
            return tuple(steps) in _PLAIN
        elif parameter and tag.kind is not TagKind.COMMENT:
            steps += _step(tag.kind, tag.word, words, parameter, text[tag.start : tag.end])
    return False


def _step(kind: TagKind, word: str, words: list[str], parameter: str, written: str) -> list[str]:
    code = "".join(words)
    if kind is TagKind.TEXT:
        return [] if written.isspace() else ["text"]
    if kind is TagKind.OUTPUT:
        for _ in _FILTERS:
            code = next((code.removesuffix(name) for name in _FILTERS if code.endswith(name)), code)
        return ["custom" if code == parameter else "default" if code in _DEFAULTS else "other"]
    if word == "set" and code == "setdefault_schema=target.schema":
        return []
    if word == "if":
        asked = " ".join(words[1:])
        asks = {f"{parameter} is none": "if none", f"{parameter} is not none": "if given", parameter: "if given"}
        return [asks.get(asked, "other")]
    return [word]
