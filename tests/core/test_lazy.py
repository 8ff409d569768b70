"""What is made late is the same as what is made at once."""

from __future__ import annotations

import copy
import pickle
import re
import threading
from dataclasses import FrozenInstanceError, dataclass, field, fields, is_dataclass, replace

import pytest

from leaktight.lazy import record, regex


def _classes() -> tuple[type, type]:
    @record(frozen=True, slots=True)
    class Point:
        x: int
        y: int = 2

    @record
    class Named(Point.__base__):  # type: ignore[name-defined,misc]
        name: str = "n"

    return Point, Named


@record(frozen=True)
class Pair:
    left: int
    right: tuple[int, ...] = ()


@record(frozen=True, kw_only=True)
class Base:
    a: int = 1


@record(frozen=True, kw_only=True)
class Derived(Base):
    b: int = 2


@record(eq=False)
class Node:
    value: int


class Plain(Pair):
    """Inherits from what may not be made yet."""


def test_an_instance_makes_the_class() -> None:
    point, _ = _classes()
    assert point(1) == point(1, 2)
    assert hash(point(1)) == hash(point(1, 2))
    assert repr(point(3)).endswith("Point(x=3, y=2)")
    assert replace(point(1), y=5) == point(1, 5)
    with pytest.raises(FrozenInstanceError):
        point(1).x = 2
    with pytest.raises(TypeError):
        point()


def test_what_is_asked_of_the_class_makes_it() -> None:
    point, named = _classes()
    assert is_dataclass(point)
    assert [item.name for item in fields(point)] == ["x", "y"]
    assert point.__match_args__ == ("x", "y")
    assert [item.name for item in fields(named)] == ["name"]


def test_a_data_class_may_inherit_from_one_that_is_made_late() -> None:
    @dataclass(frozen=True)
    class Triple(Pair):
        third: int = 3

    assert Triple(1) == Triple(1, (), 3)
    with pytest.raises(FrozenInstanceError):
        Triple(1).third = 4  # type: ignore[misc]


def test_a_pattern_takes_it_apart() -> None:
    point, _ = _classes()
    match point(1, 7):
        case point(x, y):  # type: ignore[misc]
            assert (x, y) == (1, 7)


def test_a_base_is_made_before_what_derives_from_it() -> None:
    assert Derived(a=3) == Derived(a=3, b=2)
    assert [item.name for item in fields(Derived)] == ["a", "b"]
    assert Plain(1) != Pair(1)
    assert Plain(1).left == 1


def test_without_eq_identity_counts() -> None:
    assert Node(1) != Node(1)
    assert len({Node(1), Node(1)}) == 2


def test_pickle_and_copy_before_and_after() -> None:
    data = pickle.dumps(Pair(1, (2, 3)))
    assert pickle.loads(data) == Pair(1, (2, 3))
    assert copy.deepcopy(Pair(1)) == Pair(1)


def test_an_instance_that_no_call_made_can_be_compared() -> None:
    point, _ = _classes()
    first, second = (object.__new__(point) for _ in range(2))
    for one in (first, second):
        one.__dict__.update(x=1, y=2)
    assert first == second
    assert hash(first) == hash(second)


def test_threads_make_a_class_once() -> None:
    for _ in range(20):
        point, _ = _classes()
        made: list[object] = []
        threads = [threading.Thread(target=lambda kind=point, to=made: to.append(kind(1))) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert made == [point(1)] * 4


def test_own_methods_stay() -> None:
    @record(frozen=True)
    class Loud:
        word: str

        def __repr__(self) -> str:
            return self.word.upper()

        def __eq__(self, other: object) -> bool:
            return other == "loud"

        def __hash__(self) -> int:
            return 7

    assert repr(Loud("a")) == "A"
    assert Loud("a") == "loud"
    assert hash(Loud("a")) == 7


def test_it_is_made_as_the_standard_library_makes_it() -> None:
    def ledger() -> type:
        class Ledger:
            name: str
            lines: list[int] = field(default_factory=list)
            note: str = field(default="-", repr=False)
            seen: int = field(default=0, compare=False)
            total: int = field(default=3, kw_only=True)

            def __post_init__(self) -> None:
                self.name = self.name.upper()

        return Ledger

    kinds = (record(ledger()), dataclass(ledger()))
    calls: tuple[tuple[tuple[object, ...], dict[str, object]], ...] = (
        (("a",), {}),
        (("a", [1], "n", 5), {"total": 7}),
        (("a", [1]), {"total": 7, "note": "m"}),
        ((), {}),
        (("a", [1], "n", 5, 7), {}),
        (("a",), {"unknown": 1}),
    )
    for positional, named in calls:
        told = []
        for kind in kinds:
            try:
                made = kind(*positional, **named)
            except TypeError:
                told.append("refused")
                continue
            told.append(f"{made!r} {vars(made)} {made == kind(*positional, **named)} {kind.__hash__}")
        assert told[0] == told[1]
    for kind in kinds:
        assert kind("a", seen=1) == kind("a", seen=2) != kind("b")
        assert kind("a").lines is not kind("a").lines
        with pytest.raises(TypeError):
            hash(kind("a"))


def test_what_holds_itself_can_be_shown() -> None:
    @record
    class Ring:
        next: object = None

    ring = Ring()
    ring.next = ring
    assert repr(ring).endswith("Ring(next=...)")


def test_what_is_frozen_loses_nothing() -> None:
    with pytest.raises(FrozenInstanceError):
        del Pair(1).left


def test_a_regular_expression_is_compiled_when_used() -> None:
    late, now = regex(r"(?P<word>[a-z]+)\d", re.IGNORECASE), re.compile(r"(?P<word>[a-z]+)\d", re.IGNORECASE)
    text = "a1 Bc2 d"
    assert late.pattern == now.pattern
    assert late.findall(text) == now.findall(text)
    assert late.sub("-", text) == now.sub("-", text)
    assert [m["word"] for m in late.finditer(text)] == ["a", "Bc"]
    assert late.match(text, 3) is not None
    assert late.groupindex == {"word": 1}
    assert regex(rb"a+").fullmatch(b"aa") is not None
    with pytest.raises(re.error):
        _ = regex("(").search
