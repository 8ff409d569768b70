"""Which rules, with which options, run on which file: the settings brought together with the installed rules."""

from __future__ import annotations

from collections.abc import Sequence

from leaktight.config.keys import Rules
from leaktight.config.settings import PathSelection, Settings
from leaktight.registry import Selection, make_rule, selected
from leaktight.rule import Rule


class RulesByPath:
    """Gives the rules of a path; files for which the same globs hold share one list."""

    def __init__(self, settings: Settings, rules: Rules) -> None:
        self._settings = settings
        self._rules = rules
        self._known: dict[tuple[PathSelection, ...], Sequence[Rule]] = {}

    def __call__(self, path: str) -> Sequence[Rule]:
        """Give the rules that run on a path relative to the root, by name."""
        special = self._settings.selections_for(path)
        found = self._known.get(special)
        if found is None:
            found = self._known[special] = self._made(special)
        return found

    def _made(self, special: tuple[PathSelection, ...]) -> Sequence[Rule]:
        settings = self._settings
        select, extend, ignore = settings.select, settings.extend_select, settings.ignore
        for item in special:
            if item.select is not None:
                select, extend, ignore = item.select, (), ()
            extend += item.extend_select
            ignore += item.ignore
        if select == ():
            names: tuple[str, ...] = selected(Selection(extend, (), ignore), self._rules) if extend else ()
        else:
            names = selected(Selection(select or (), extend, ignore), self._rules)
        strict = "strict" in (*(select or ()), *extend) and "strict" not in ignore
        return tuple(make_rule(self._rules[name], settings.rules.get(name, {}), strict=strict) for name in names)
