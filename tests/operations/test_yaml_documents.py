"""What is refused of a YAML file before anyone follows its nodes."""

from __future__ import annotations

import time

import pytest

from leaktight.operations.yaml_documents import MOST_REPEATED, documents, only_document
from leaktight.source import Language, NotAnalysable, Source


def refused(text: str) -> NotAnalysable:
    with pytest.raises(NotAnalysable) as caught:
        list(documents(Source("a.yaml", text, Language.YAML)))
    return caught.value


def doubled(times: int, form: str) -> str:
    return "a0: &a0 {x: 1}\n" + "".join(f"a{n}: &a{n} {form.replace('*', f'*a{n - 1}')}\n" for n in range(1, times))


@pytest.mark.parametrize("form", ["[*, *, *]", "{p: *, q: *, r: *}", "{<<: [*, *], y: 1}"])
def test_aliases_that_stand_for_too_much(form: str) -> None:
    start = time.process_time()
    problem = refused(doubled(60, form))
    assert (problem.code, problem.reason) == ("nesting", f"its aliases stand for more than {MOST_REPEATED:,} values")
    assert list(documents(Source("a.yaml", doubled(8, form), Language.YAML)))
    assert time.process_time() - start < 5


def wide(times: int) -> str:
    return f"c: &c [{', '.join(['x'] * 1000)}]\nd: [{', '.join(['*c'] * times)}]\n"


def test_aliases_of_a_wide_list() -> None:
    assert "aliases" in refused(wide(1000)).reason
    assert list(documents(Source("a.yaml", wide(100), Language.YAML)))


def test_aliases_that_nest_too_deeply() -> None:
    chain = "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}]\n" for n in range(1, 3000))
    assert refused(chain).reason == "nests deeper than 200 levels"


@pytest.mark.parametrize("text", ["a: &a [*a]\n", "a: &a {b: {c: *a}}\n", "&a {<<: *a}\n"])
def test_a_node_in_itself(text: str) -> None:
    assert refused(text).reason == "holds itself by an alias"


@pytest.mark.parametrize(
    ("text", "reason", "at"),
    [
        ("a: [1, 2\nb: 3\n", "not valid YAML: did not find expected ',' or ']'", 10),
        ("a: *gone\n", "not valid YAML: found undefined alias", 3),
        ("a: " + "[" * 5000, "nests deeper than 200 levels", 1002),
        ("- " * 5000, "nests deeper than 200 levels", 1998),
        ("- " * 300 + "a", "nests deeper than 200 levels", 400),
        ('["]", ' * 300 + "1" + "]" * 300, "nests deeper than 200 levels", 1200),
    ],
)
def test_what_is_broken_names_its_place(text: str, reason: str, at: int) -> None:
    problem = refused(text)
    assert problem.span is not None
    assert (problem.reason, problem.span.start) == (reason, at)


def test_one_document_and_no_more() -> None:
    assert only_document(Source("a.yaml", "", Language.YAML)) is None
    assert only_document(Source("a.yaml", "---\na: 1\n", Language.YAML)) is not None
    with pytest.raises(NotAnalysable, match="second document"):
        only_document(Source("a.yaml", "a: 1\n---\nb: 2\n", Language.YAML))


@pytest.mark.parametrize(
    "text",
    [
        "".join(f"- share in [{n}, 1)\n" for n in range(300)),
        "# see [\n" * 300 + "a: 1\n",
        "- 'a {'\n" * 300,
        "- " * 150 + "[" * 49 + "1" + "]" * 49,
    ],
)
def test_brackets_that_open_nothing_nest_nothing(text: str) -> None:
    assert len(list(documents(Source("a.yaml", text, Language.YAML)))) == 1


def test_a_parser_in_python_is_refused_as_much(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr("yaml.CSafeLoader", raising=False)
    assert refused("- " * 5000).reason == "nests deeper than 200 levels"
    assert refused("- " * 300 + "a").reason == "nests deeper than 200 levels"
    assert len(list(documents(Source("a.yaml", "- " * 150 + "a", Language.YAML)))) == 1
