"""Folded text: what an expression says, piece by piece, each with the place it comes from.

A text is a tuple of fragments. `.format`, `%` and `.replace` are done here, on fragments alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from leaktight.lazy import record, regex
from leaktight.text import Span


@record(frozen=True, slots=True)
class Fragment:
    """One piece of folded text. `span` is in the host document.

    `value` is its text; None for what is only known at run time, then `host` is the expression. With
    `verbatim` each character of the span stands for itself. `wants` is `name` or `value` where the host
    says which it is (`sql.Identifier`, `sql.Literal`), `number` for a number, which no text can be added to.
    """

    span: Span
    value: str | None
    verbatim: bool = False
    forbidden: str = ""
    host: str = ""
    wants: str = ""


Text = tuple[Fragment, ...]


def plain(text: Text) -> str | None:
    """Give the whole text as a string; None if a piece is only known at run time."""
    values = [fragment.value for fragment in text]
    return None if None in values else "".join(value for value in values if value is not None)


def rough(text: Text) -> str:
    """Give the text with a bare name for each unknown piece, to look at."""
    return "".join("hole" if fragment.value is None else fragment.value for fragment in text)


def known(text: Text) -> bool:
    """Say whether any letter of the text is known."""
    return any(fragment.value and fragment.value.strip() for fragment in text)


def slice_of(fragment: Fragment, start: int, end: int) -> Fragment:
    """Give a part of a verbatim fragment, by offsets of its value."""
    value = fragment.value or ""
    span = Span(fragment.span.start + start, fragment.span.start + end)
    return replace(fragment, value=value[start:end], span=span)


def stand_for(text: Text, span: Span, host: str) -> Text:
    """Give known text that a name at `span` brings in.

    A short name's text is shown at the place of its use; longer text keeps its own places, word by word,
    and is no longer to be edited: other users of the name would be changed with it.
    """
    whole = plain(text)
    if whole is not None and not any(character.isspace() for character in whole.strip()):
        return (Fragment(span, whole, host=host, wants=text[0].wants),) if whole else ()
    return tuple(word for fragment in text for word in _words(fragment))


_WORD = regex(r"\s+|[^\s]+")


def _words(fragment: Fragment) -> list[Fragment]:
    if not fragment.verbatim or fragment.value is None:
        return [fragment]
    return [
        replace(slice_of(fragment, match.start(), match.end()), verbatim=False)
        for match in _WORD.finditer(fragment.value)
    ]


def replaced(text: Text, old: str, new: Text | Fragment) -> Text:
    """Give the text with each `old` in a verbatim piece replaced."""
    if not old:
        return text
    parts: list[Fragment] = []
    for fragment in text:
        if not fragment.verbatim or fragment.value is None or old not in fragment.value:
            parts.append(fragment)
            continue
        at = 0
        while (found := fragment.value.find(old, at)) >= 0:
            if found > at:
                parts.append(slice_of(fragment, at, found))
            parts += _put(slice_of(fragment, found, found + len(old)), new)
            at = found + len(old)
        if at < len(fragment.value):
            parts.append(slice_of(fragment, at, len(fragment.value)))
    return tuple(parts)


def _put(place: Fragment, new: Text | Fragment) -> Text:
    """Give what stands at a template's field: known text as at the field, unknown as a hole there."""
    if isinstance(new, Fragment):
        return (replace(new, span=place.span, forbidden=""),)
    return stand_for(new, place.span, place.value or "")


_FIELD = regex(r"\{\{|\}\}|\{([^{}!:]*)(![rsa])?(:(?:[^{}]|\{[^{}]*\})*)?\}")
_PERCENT = regex(r"%%|%(?:\(([^)]*)\))?[#0\- +]*(?:\d+|\*)?(?:\.\d+)?[hlL]?[diouxXeEfFgGcrsa]")

Value = Text | Fragment


def formatted(text: Text, positional: Sequence[Value], named: Mapping[str, Value], rest: str | None) -> Text:
    """Give what `str.format` makes of a template.

    `rest` is the text of what fills fields that no argument is known for, `**values`; None when there
    is none: a field without an argument stays as it is written.
    """
    counter = iter(range(len(text) + len(rough(text))))

    def fill(match: re.Match[str], place: Fragment) -> Text | None:
        if match[0] in ("{{", "}}"):
            return (replace(place, value=match[0][0], verbatim=False),)
        name = match[1].strip()
        base = re.split(r"[.\[]", name, maxsplit=1)[0]
        value: Value | None
        if not base or base.isdigit():
            number = int(base) if base else next(counter)
            value = positional[number] if number < len(positional) else None
        else:
            value = named.get(base)
        if value is None:
            return None if rest is None else (Fragment(place.span, None, host=f"{rest}[{name}]"),)
        if name != base or match[3]:
            return (Fragment(place.span, None, host=_host(value) or name),)
        return _put(place, value)

    return _filled(text, _FIELD, fill, "{}")


def percented(text: Text, positional: Sequence[Value], named: Mapping[str, Value], rest: str | None) -> Text:
    """Give what the `%` operator makes of a template; as `formatted`."""
    counter = iter(range(len(text) + len(rough(text))))

    def fill(match: re.Match[str], place: Fragment) -> Text | None:
        if match[0] == "%%":
            return (replace(place, value="%", verbatim=False),)
        value: Value | None
        if match[1] is not None:
            value = named.get(match[1])
        else:
            number = next(counter)
            value = positional[number] if number < len(positional) else None
        if value is None:
            return (Fragment(place.span, None, host=rest or match[0]),)
        return _put(place, value)

    return _filled(text, _PERCENT, fill, "%")


def _host(value: Value) -> str:
    return value.host if isinstance(value, Fragment) else ""


def _filled(
    text: Text, pattern: re.Pattern[str], fill: Callable[[re.Match[str], Fragment], Text | None], forbidden: str
) -> Text:
    parts: list[Fragment] = []
    for fragment in text:
        if not fragment.verbatim or fragment.value is None:
            parts.append(fragment)
            continue
        fragment = replace(fragment, forbidden=fragment.forbidden + forbidden)
        value = fragment.value or ""
        at = 0
        for match in pattern.finditer(value):
            place = slice_of(fragment, match.start(), match.end())
            made = fill(match, place)
            if made is None:
                continue
            if match.start() > at:
                parts.append(slice_of(fragment, at, match.start()))
            parts += made
            at = match.end()
        if at < len(value):
            parts.append(slice_of(fragment, at, len(value)))
    return tuple(parts)


def parameters(text: Text) -> Text:
    """Give the text with `%s` and `%(name)s` as unknown values, and `%%` as the sign it then is.

    What stands in quotes is left: there a driver puts no parameter.
    """
    parts: list[Fragment] = []
    quote = ""
    found = False
    for fragment in text:
        if fragment.value is None or not fragment.verbatim:
            quote = _quote_after(fragment.value or "", quote)
            parts.append(fragment)
            continue
        at = 0
        for match in _PYFORMAT.finditer(fragment.value):
            quote = _quote_after(fragment.value[at : match.start()], quote)
            if match.start() > at:
                parts.append(slice_of(fragment, at, match.start()))
            place = slice_of(fragment, match.start(), match.end())
            if match[0] != "%%" and not quote:
                found = True
                place = Fragment(place.span, None, host=match[0], wants="value")
            elif match[0] == "%%":
                place = replace(place, value="%", verbatim=False)
            parts.append(place)
            at = match.end()
        quote = _quote_after(fragment.value[at:], quote)
        if at < len(fragment.value):
            parts.append(slice_of(fragment, at, len(fragment.value)))
    if not found:
        return text
    return tuple(replace(part, forbidden=part.forbidden + "%") if part.verbatim else part for part in parts)


_PYFORMAT = regex(r"%%|%(?:\([A-Za-z_][\w.]*\))?s(?![A-Za-z0-9_])")


def _quote_after(value: str, quote: str) -> str:
    for character in value:
        if quote:
            quote = "" if character == quote else quote
        elif character in "'\"`":
            quote = character
    return quote
