"""The code that a rule is shown on: what it must find, and what it must leave alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Any

from leaktight.lazy import record

Catalogish = str | Mapping[str, list[str]]
"""A catalog for an example: DDL, or table names with their column names."""


@record(frozen=True, kw_only=True)
class Example:
    """Code that a rule is shown on, as a test and on its page.

    `language` is `sql`, `python`, `javascript`, `typescript` or `yaml`; `files` are further files of the project by path,
    `catalog` is one more file of DDL. `dialect` is a sqlglot name; left out, it is detected. SQL examples are also run as
    a Python string, an f-string and a JavaScript template unless `hosts` is False.
    """

    code: str = field(kw_only=False)
    note: str = ""
    language: str = "sql"
    path: str = ""
    dialect: str | None = None
    catalog: Catalogish = ""
    files: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)
    hosts: bool = True


@record(frozen=True, kw_only=True)
class Bad(Example):
    """Code that the rule finds fault with.

    Under each faulty place stands a line of carets, as wide as the finding, and after them words that its message
    contains. `fixed` is what the fix makes of the code, its unsafe fixes among them.
    """

    fixed: str | None = None


@record(frozen=True, kw_only=True)
class Good(Example):
    """Code that the rule leaves alone."""
