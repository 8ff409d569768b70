"""Reads what dbt has written, a JSON file of up to some hundred megabytes, one node at a time: never all of it is held."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from leaktight.lazy import regex
from leaktight.source import NotAnalysable, Source
from leaktight.text import Span

_SPACE = regex(r"[ \t\r\n]*")
_VERSION = regex(r"/(\w+)/v(\d{1,4})\.json$")
_MOST_TEXT = 20_000

Object = Mapping[str, object]


class Artifact:
    """A cursor in a JSON text. What `members` stops at is read by `value` or by `members` again, or is passed over.

    Raises `NotAnalysable` with the place at which the text is no JSON.
    """

    def __init__(self, source: Source) -> None:
        self._text = source.text
        self._decode = json.JSONDecoder().raw_decode
        self._at = self._skip(0)

    def members(self) -> Iterator[tuple[str, Span]]:
        """Yield the name of each member of the object at the cursor, with its place; any other value is passed over."""
        text = self._text
        if text[self._at : self._at + 1] != "{":
            self.value()
            return
        self._at = self._skip(self._at + 1)
        if text[self._at : self._at + 1] == "}":
            self._at += 1
            return
        while True:
            start = self._at
            if text[start : start + 1] != '"':
                raise self._broken(start)
            name = str(self.value())
            end = self._at
            at = self._skip(end)
            if text[at : at + 1] != ":":
                raise self._broken(at)
            at = self._at = self._skip(at + 1)
            yield name, Span(start, end)
            if self._at == at:
                self.value()
            at = self._skip(self._at)
            sign = text[at : at + 1]
            self._at = at + 1
            if sign == "}":
                return
            if sign != ",":
                raise self._broken(at)
            self._at = self._skip(self._at)

    def value(self) -> object:
        """Read the value at the cursor, with all that is in it."""
        try:
            found, self._at = self._decode(self._text, self._at)
        except json.JSONDecodeError as error:
            raise self._broken(error.pos) from None
        except RecursionError:
            raise NotAnalysable("nests too deeply to be read", Span(self._at, self._at), code="nesting") from None
        except ValueError:  # a number of more digits than Python reads
            raise self._broken(self._at) from None
        return found

    def end(self) -> None:
        """Check that nothing follows."""
        at = self._skip(self._at)
        if at != len(self._text):
            raise self._broken(at)

    def _skip(self, at: int) -> int:
        found = _SPACE.match(self._text, at)
        return found.end() if found is not None else at

    def _broken(self, at: int) -> NotAnalysable:
        at = min(at, len(self._text))
        return NotAnalysable(f"is no valid JSON at character {at}", Span(at, at))


def version_of(metadata: Object) -> tuple[str, int] | None:
    """Give what an artifact is, `manifest` or `catalog`, and the version of its schema; None where it does not say."""
    found = _VERSION.search(str(metadata.get("dbt_schema_version", ""))[-200:])
    return (found[1], int(found[2])) if found is not None else None


def object_of(value: object) -> Object:
    """Give a value that is an object; an empty one for any other."""
    return value if isinstance(value, dict) else {}


def text_in(found: Object, name: str) -> str | None:
    """Give a member that is a text which says something; None for any other."""
    value = found.get(name)
    if not isinstance(value, str):
        return None
    value = value[:_MOST_TEXT].strip()
    # Half of a surrogate pair can be written in JSON, and nowhere else.
    return value if value and value.encode("utf-8", "replace").decode("utf-8") == value else None


def type_in(found: Object, name: str) -> str | None:
    """Give a member that is a type, in upper case."""
    said = text_in(found, name)
    return " ".join(said.upper().split()) if said is not None else None
