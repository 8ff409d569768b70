"""Secrets in Python: keyword arguments of calls that connect, and URLs with a password in them."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from leaktight.languages.python.document import PythonDocument
from leaktight.operations.credentials.secret import PASSWORDS, Credential, in_url, is_key_id, is_secret, names_secret
from leaktight.text import Span

_USERS = frozenset({"user", "username", "user_name", "login", "uid"})
_HOSTS = ("host", "hostname", "server", "account", "endpoint_url", "servername", "dsn")


def credentials_in_python(document: PythonDocument) -> Iterator[Credential]:
    """Yield the secrets that a Python document gives to a call, or writes into a URL."""
    for call in document.find(ast.Call):
        yield from _arguments(document, call)
    for literal in document.find(ast.Constant):
        if isinstance(literal.value, str) and "://" in literal.value and "@" in literal.value:
            placed = in_url(literal.value)
            if placed is not None:
                yield from _placed(document, literal, literal.value[placed[0] : placed[1]], "password", placed[2])


def _arguments(document: PythonDocument, call: ast.Call) -> Iterator[Credential]:
    named = [keyword for keyword in call.keywords if keyword.arg is not None]
    if not any(names_secret(keyword.arg or "") or keyword.arg == "aws_access_key_id" for keyword in named):
        return
    host = _host(document, call)
    callee = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    for keyword in named:
        name = keyword.arg or ""
        value = document.value_of(keyword.value)
        if not isinstance(value, ast.Constant) or not isinstance(value.value, str):
            continue
        if _counts(name, value.value, host, named):
            yield from _placed(document, value, value.value, name, host or callee)


def _counts(name: str, value: str, host: str | None, named: list[ast.keyword]) -> bool:
    if name == "aws_access_key_id":
        return is_key_id(value)
    if not names_secret(name) or not is_secret(value, host=host) or _is_users_name(value, named):
        return False
    return name.lower() not in PASSWORDS or host is not None or _connects(named)


def _is_users_name(value: str, named: list[ast.keyword]) -> bool:
    """Say whether a password is the user's name, which only stands in for one: `user="shop", password="shop"`."""
    return any(
        (keyword.arg or "").lower() in _USERS
        and isinstance(keyword.value, ast.Constant)
        and keyword.value.value == value
        for keyword in named
    )


def _connects(named: list[ast.keyword]) -> bool:
    """Say whether a call with a password is one that opens something, and no `User(password=…)` of an application."""
    others = {(keyword.arg or "").lower() for keyword in named}
    return bool(others & {"database", "dbname", "db", "port", "warehouse", "conn_type", "sid", "service_name"})


def _host(document: PythonDocument, call: ast.Call) -> str | None:
    for name in _HOSTS:
        found = document.argument(call, None, name)
        if found is not None:
            value = document.value_of(found)
            known = isinstance(value, ast.Constant) and isinstance(value.value, str)
            return str(value.value) + (".account" if name == "account" else "") if known else None  # type: ignore[attr-defined]
    return None


def _placed(document: PythonDocument, literal: ast.Constant, secret: str, what: str, of: str) -> Iterator[Credential]:
    span = document.span(literal)
    at = document.text.find(secret, span.start, span.end)
    yield Credential(Span(at, at + len(secret)) if at >= 0 else span, what, of)
