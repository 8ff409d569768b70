"""Secrets in JavaScript and TypeScript: properties of what is given to a connection, and URLs with a password in them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from leaktight.languages.javascript.document import JavascriptDocument
from leaktight.operations.credentials.secret import PASSWORDS, Credential, in_url, is_key_id, is_secret, names_secret
from leaktight.text import Span

if TYPE_CHECKING:
    from tree_sitter import Node

_HOSTS = frozenset({"host", "hostname", "server", "endpoint", "account"})
_CONNECTS = frozenset({"database", "port", "dialect", "accesskeyid", "region", "warehouse"})
"""What stands beside the password of a connection, and not beside that of a user's record."""
_IN_BROWSERS = frozenset({"indexname", "authdomain"})
"""What stands beside the `apiKey` of a search box (Algolia) or of Firebase, which each visitor of the site is sent."""


def credentials_in_javascript(document: JavascriptDocument) -> Iterator[Credential]:
    """Yield the secrets that a document writes into objects that open a connection, or into a URL."""
    for pair in document.find("pair"):
        key, value = pair.child_by_field_name("key"), pair.child_by_field_name("value")
        name = document.key_text(key) if key is not None else None
        if name is None or value is None or not (names_secret(name) or name.lower() == "accesskeyid"):
            continue
        value = document.unwrap(value)
        text = document.string_value(value) if value.type in ("string", "template_string") else None
        if text is None:
            continue
        beside = _beside(document, pair)
        host = next((found for title, found in beside.items() if title in _HOSTS), None)
        if name.lower() == "accesskeyid":
            if not is_key_id(text):
                continue
        elif not is_secret(text, host=host) or (
            name.lower() in PASSWORDS and host is None and _CONNECTS.isdisjoint(beside)
        ):
            continue
        if name.lower() == "apikey" and not _IN_BROWSERS.isdisjoint(beside):
            continue
        yield _placed(document, value, text, name, host or "")
    for literal in document.find("string", "template_string"):
        text = document.string_value(literal)
        if text is not None and "://" in text and "@" in text:
            placed = in_url(text)
            if placed is not None:
                yield _placed(document, literal, text[placed[0] : placed[1]], "password", placed[2])


def _beside(document: JavascriptDocument, pair: Node) -> dict[str, str | None]:
    """Give the properties that stand beside one, by name in lower case, with those that are strings."""
    found: dict[str, str | None] = {}
    holder = document.parent(pair)
    for other in holder.named_children if holder is not None else ():
        key, value = other.child_by_field_name("key"), other.child_by_field_name("value")
        name = document.key_text(key) if key is not None else None
        if name is not None and value is not None:
            value = document.unwrap(value)
            found[name.lower()] = document.string_value(value) if value.type in ("string", "template_string") else None
    return found


def _placed(document: JavascriptDocument, literal: Node, secret: str, what: str, of: str) -> Credential:
    span = document.span(literal)
    at = document.text.find(secret, span.start, span.end)
    return Credential(Span(at, at + len(secret)) if at >= 0 else span, what, of)
