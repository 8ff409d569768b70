from __future__ import annotations

import pytest

from leaktight.operations.dynamo.expressions import attributes_of, equalities, plain, tokens
from leaktight.operations.dynamo.reserved_words import RESERVED_WORDS, is_reserved
from leaktight.operations.dynamodb import Inlet
from leaktight.text import apply_edits, names_in


@pytest.mark.parametrize(
    ("expression", "names", "expected"),
    [
        ("#st = :live", {"#st": "status"}, {"status"}),
        ("#st = :live", {}, set()),
        ("channel_id = :c AND begins_with(sk, :p)", {}, {"channel_id", "sk"}),
        ("attribute_exists(profile.#name) or not contains(tags, :t)", {"#name": "name"}, {"profile", "tags"}),
        ("size(body) > :n and amount BETWEEN :low AND :high", {}, {"body", "amount"}),
        (
            "SET #a = if_not_exists(#a, :z) + :one, items[0].price = :p REMOVE draft",
            {"#a": "count"},
            {"count", "items", "draft"},
        ),
        ("", {}, set()),
        ("= : # ( . 1a", {}, {"a"}),
    ],
)
def test_attributes(expression: str, names: dict[str, str], expected: set[str]) -> None:
    assert attributes_of(expression, names) == expected


def test_a_function_is_one_only_before_a_bracket() -> None:
    assert [token.kind for token in tokens("size = :s")] == ["name", "mark", ":"]
    assert [token.kind for token in tokens("size (x)")] == ["function", "mark", "name", "mark"]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("pk = :p AND sk = :s", {"pk", "sk"}),
        (":p = pk", {"pk"}),
        ("pk = :p AND sk > :s", {"pk"}),
        ("pk = :p OR pk = :q", set()),
        ("NOT pk = :p", set()),
        ("#k = :p", {"channel_id"}),
        (":p = #k", {"channel_id"}),
        ("profile.id = :p AND sk = :s", {"sk"}),
        ("#k.#k = :p", set()),
        (":p = profile.id", set()),
        (":p = ids[0] AND :s = sk", {"sk"}),
        ("ids[0] = :p", set()),
    ],
)
def test_equalities(expression: str, expected: set[str]) -> None:
    assert equalities(expression, {"#k": "channel_id"}) == expected


def test_names_that_may_stand_bare() -> None:
    assert plain("title")
    assert plain("created_at2")
    assert not any(plain(name) for name in ("", "_id", "2nd", "a-b", "a.b", "größe"))


def test_words() -> None:
    assert names_in('{":c": `TENANT#${event.tenantId}`}') == {"c", "TENANT", "event", "tenantId"}


def test_reserved_words() -> None:
    assert len(RESERVED_WORDS) == 573
    assert all(word == word.upper() and word.isalpha() for word in RESERVED_WORDS)
    assert is_reserved("status")
    assert is_reserved("Name")
    assert is_reserved("ttl")
    assert not is_reserved("title")
    assert not is_reserved("id")


def test_an_inlet_writes_members_in_each_style() -> None:
    assert (
        apply_edits("f()", [Inlet(2, "keywords", empty=True).add([("A", "x"), ("B", {"#n": "name"})])])
        == 'f(A="x", B={"#n": "name"})'
    )
    assert apply_edits("f(a=1,)", [Inlet(5, "keywords").add([("A", "x")])]) == 'f(a=1, A="x",)'
    assert apply_edits("{}", [Inlet(1, "object", empty=True, quote="'").add([("A", "it's")])]) == "{ A: 'it\\'s' }"
    assert apply_edits("{ a: 1 }", [Inlet(6, "object").add([("#n", "name")])]) == '{ a: 1, "#n": "name" }'
    assert (
        apply_edits("{\n  a: 1,\n}", [Inlet(8, "object", line="\n  ").add([("B", "2")])]) == '{\n  a: 1,\n  B: "2",\n}'
    )
    assert apply_edits('{"a": 1}', [Inlet(7, "dict").add([("#n", "name")])]) == '{"a": 1, "#n": "name"}'
