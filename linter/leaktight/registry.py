"""Finds rules by entry point, and selects them by name or group."""

from __future__ import annotations

import importlib
import os
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from importlib.machinery import all_suffixes
from types import ModuleType
from typing import Any

from leaktight.lazy import record
from leaktight.plugins import entry_modules
from leaktight.retired import RETIRED
from leaktight.rule import OPTION_TYPES, Category, InvalidRule, Rule, Stage
from leaktight.text import nearest

_SUFFIXES = frozenset(all_suffixes())
GROUP = "leaktight.rules"
"""The entry-point group by which rule packages are found, ours among them."""


class UnknownRule(ValueError):
    """A name that is neither a rule nor a group of rules; the message says which name is near."""


class InvalidOption(ValueError):
    """A rule option that does not exist or has a value of the wrong type."""


@lru_cache(maxsize=1)
def load_rules() -> Mapping[str, type[Rule]]:
    """Give all installed rules by name, sorted. Raises `InvalidRule` when two have one name."""
    rules: dict[str, type[Rule]] = {}
    for module in entry_modules(GROUP):
        for rule in rules_in(importlib.import_module(module)):
            other = rules.get(rule.name)
            if other is not None and other is not rule:
                raise InvalidRule(f"two rules are called `{rule.name}`: {other.__module__} and {rule.__module__}")
            rules[rule.name] = rule
    return dict(sorted(rules.items()))


def rules_in(package: ModuleType) -> Iterator[type[Rule]]:
    """Yield the rules that a module defines, and, of a package, those of every module in it."""
    names = [package.__name__]
    if hasattr(package, "__path__"):
        names += [name for folder in package.__path__ for name in _modules(folder, package.__name__)]
    for name in names:
        module = importlib.import_module(name)
        for value in vars(module).values():
            if isinstance(value, type) and value.__module__ == name and issubclass(value, Rule) and value.name:
                yield value


def _modules(folder: str, package: str) -> Iterator[str]:
    """Yield the names of the modules below the folder of a package, the packages among them."""
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError:  # a package in an archive holds no folders
        import pkgutil

        yield from (module.name for module in pkgutil.walk_packages([folder], package + "."))
        return
    for entry in entries:
        name, _, suffix = entry.name.partition(".")
        if not name.isidentifier() or name == "__init__":
            continue
        if f".{suffix}" in _SUFFIXES:
            yield f"{package}.{name}"
        elif not suffix and os.path.isfile(os.path.join(entry.path, "__init__.py")):
            yield f"{package}.{name}"
            yield from _modules(entry.path, f"{package}.{name}")


@record(frozen=True)
class Selection:
    """What a user asked for: names of rules and groups. A group is a category, `all` or `strict`.

    Empty `select` means every rule that is on by default.
    """

    select: tuple[str, ...] = ()
    extend_select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()


def groups() -> tuple[str, ...]:
    """Give the names that select more than one rule."""
    return ("all", "strict", *(category.value for category in Category))


def selected(selection: Selection, rules: Mapping[str, type[Rule]]) -> tuple[str, ...]:
    """Give the names of the selected rules. Raises `UnknownRule` for a name that means nothing."""
    for name in (*selection.select, *selection.extend_select, *selection.ignore):
        check_name(name, rules)
    chosen: set[str] = set()
    if not selection.select:
        chosen |= {name for name, rule in rules.items() if _by_default(rule)}
    for wanted in (*selection.select, *selection.extend_select):
        chosen |= _meant(wanted, rules)
    for unwanted in selection.ignore:
        if unwanted in rules:
            chosen.discard(unwanted)
        elif unwanted == "strict":
            chosen -= {name for name, rule in rules.items() if rule.strict_only}
        else:
            chosen -= {name for name, rule in rules.items() if unwanted in ("all", rule.category.value)}
    return tuple(name for name in rules if name in chosen)


def _by_default(rule: type[Rule]) -> bool:
    return not rule.strict_only and rule.stage is Stage.STABLE


def _meant(wanted: str, rules: Mapping[str, type[Rule]]) -> set[str]:
    if wanted in rules:
        return {wanted}
    if wanted == "all":
        return {name for name, rule in rules.items() if rule.stage is not Stage.DEPRECATED}
    if wanted == "strict":
        return {name for name, rule in rules.items() if rule.strict_only or "strict" in rule.options()}
    return {name for name, rule in rules.items() if rule.category.value == wanted and _by_default(rule)}


def check_name(name: str, rules: Mapping[str, type[Rule]]) -> None:
    """Raise `UnknownRule` unless `name` is a rule or a group."""
    if name in rules or name in groups():
        return
    if name in RETIRED:
        raise UnknownRule(f"rule `{name}` is no more: {RETIRED[name]}")
    raise UnknownRule(f"there is no rule or group `{name}`{near(name, (*rules, *groups()))}")


def near(name: str, names: Iterable[str]) -> str:
    """Give `; did you mean `x`?` for the name nearest to one that is wrong, or nothing."""
    found = nearest(name, names)
    return f"; did you mean `{found}`?" if found else ""


def make_rule(rule: type[Rule], options: Mapping[str, Any], *, strict: bool = False) -> Rule:
    """Give a rule with its options set. Raises `InvalidOption` naming the option and the nearest one.

    `strict` turns on the option of that name where the rule has one and `options` does not say.
    """
    known = rule.option_types() if options or strict else {}
    values: dict[str, Any] = {"strict": True} if strict and "strict" in known else {}
    for name, value in options.items():
        if name not in known:
            listed = f"; it has {', '.join(f'`{item}`' for item in known)}" if known else "; it has none"
            raise InvalidOption(f"rule `{rule.name}` has no option `{name}`{near(name, known) or listed}")
        wanted = known[name]
        if wanted == tuple[str, ...]:
            if not isinstance(value, (list, tuple)) or not all(isinstance(item, str) for item in value):
                raise InvalidOption(f"option `{name}` of rule `{rule.name}` must be {OPTION_TYPES[wanted]}")
            values[name] = tuple(value)
        elif wanted is float and isinstance(value, int) and not isinstance(value, bool):
            values[name] = float(value)
        elif isinstance(wanted, type) and type(value) is wanted:
            values[name] = value
        else:
            raise InvalidOption(f"option `{name}` of rule `{rule.name}` must be {OPTION_TYPES[wanted]}, not {value!r}")
    return rule(**values)
