"""Where a text begins, and whether with a verb of SQL."""

from __future__ import annotations

import pytest

from leaktight.embedding.looks import beginning, first_word, starts_as_sql


@pytest.mark.parametrize(
    ("text", "word", "sql"),
    [
        ("SELECT a", "select", True),
        ("  (select a)", "select", True),
        ("-- select\n/* delete */ Insert into t", "insert", True),
        ("{# select #}{% if a %} ; with a as (select 1)", "with", True),
        ("/* select", "", False),
        ("{{ select }}", "", False),
        ("selected a", "selected", False),
        ("hello select", "hello", False),
        ("1 select", "", False),
        ("", "", False),
    ],
)
def test_the_first_word_tells(text: str, word: str, sql: bool) -> None:
    assert (first_word(text), starts_as_sql(text)) == (word, sql)
    assert text[beginning(text) :].lower().startswith(word)
