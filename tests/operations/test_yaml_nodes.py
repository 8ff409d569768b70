"""What the nodes of YAML say: the last of two members, what is merged in behind a mapping's own, null and what looks like it."""

from __future__ import annotations

import time

import pytest

from leaktight.operations.yaml_documents import only_document
from leaktight.operations.yaml_nodes import collected, members, text
from leaktight.source import Language, Source


def said(written: str) -> dict[str, str | None]:
    root = only_document(Source("a.yaml", written, Language.YAML))
    return {name: text(value) for name, value in members(root).items()}


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("a: 1\na: 2\n", {"a": "2"}),
        ("b: &b {a: 1, c: 2}\nd: {<<: *b, a: 3}\n", {"a": "3", "c": "2"}),
        ("b: &b {a: 1, c: 2}\nd: {a: 3, <<: *b}\n", {"a": "3", "c": "2"}),
        ("b: &b {a: 1}\ne: &e {a: 2, f: 4}\nd: {<<: [*b, *e]}\n", {"a": "1", "f": "4"}),
        ("b: &b {a: 1}\nd: {<<: *b}\n", {"a": "1"}),
        ("b: &b {a: 1}\nd: {'<<': *b}\n", {"<<": None}),
        ("d: {~: 1, [x]: 2, a: 3}\n", {"a": "3"}),
    ],
)
def test_members(written: str, expected: dict[str, str | None]) -> None:
    root = only_document(Source("a.yaml", written, Language.YAML))
    inner = members(root).get("d", root)
    assert {name: text(value) for name, value in members(inner).items()} == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("null", None),
        ("~", None),
        ("", None),
        ("'null'", "null"),
        ("!!str null", "null"),
        ("007", "007"),
        ("[a]", None),
    ],
)
def test_a_text_is_as_it_is_written(value: str, expected: str | None) -> None:
    assert said(f"a: {value}\n") == {"a": expected}


def test_merges_of_merges_have_an_end() -> None:
    levels = "a0: &a0 {x: 1}\n" + "".join(f"a{n}: &a{n} {{<<: [*a{n - 1}, *a{n - 1}]}}\n" for n in range(1, 14))
    root = only_document(Source("a.yaml", levels, Language.YAML))
    start = time.process_time()
    assert set(collected(members(root)["a3"])) == {"x"}
    collected(members(root)["a13"])
    assert time.process_time() - start < 1
