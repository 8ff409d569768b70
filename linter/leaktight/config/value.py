"""A configuration file as read: plain values that know their lines, and what is wrong with them in whole sentences."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import field

from leaktight.lazy import record

Scalar = str | int | float | bool | None


@record(frozen=True, slots=True)
class Value:
    """One value of a configuration file: a scalar, a list of values, or a mapping of keys to values.

    `line` counts from 1; 0 where it is unknown.
    """

    data: Scalar | tuple[Value, ...] | Mapping[str, Value]
    line: int = 0
    key_line: int = 0
    """The line of the key that leads here."""

    @property
    def place(self) -> int:
        """The line to name in a sentence about this value's key."""
        return self.key_line or self.line

    @property
    def kind(self) -> str:
        """What it is, in words."""
        match self.data:
            case None:
                return "empty"
            case bool():
                return f"`{str(self.data).lower()}`"
            case str():
                return f"`{_short(self.data)}`"
            case int() | float():
                return f"the number {self.data}"
            case tuple():
                return "a list"
            case _:
                return "a mapping"


def _short(text: str) -> str:
    text = text.replace("\n", " ")
    return text if len(text) <= 60 else text[:57] + "..."


@record(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with the configuration. `line` is 0 where there is none."""

    path: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}" if self.line else f"{self.path}: {self.message}"


class ConfigurationError(Exception):
    """The configuration cannot be used; `problems` says everything that is wrong with it, in order."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(set(problems), key=lambda problem: (problem.path, problem.line, problem.message)))
        super().__init__("\n".join(str(problem) for problem in self.problems))

    @classmethod
    def of(cls, path: str, message: str, line: int = 0) -> ConfigurationError:
        """Give the error of a single problem."""
        return cls((Problem(path, line, message),))


@record(slots=True)
class Problems:
    """Gathers what is wrong with one file."""

    path: str
    found: list[Problem] = field(default_factory=list)

    def say(self, line: int, message: str) -> None:
        """Note a problem."""
        self.found.append(Problem(self.path, line, message))
