"""The limits that a release must keep, and whether a run keeps them."""

from collections.abc import Sequence
from dataclasses import dataclass

from measure import Series, joined, ratio

_PEER_LIMITS = {
    ("sql", "sqruff"): (0.25, "a quarter of sqruff"),
    ("sql", "slowql"): (0.1, "a tenth of slowql"),
    ("sql", "sqlfluff"): (0.02, "a fiftieth of sqlfluff"),
    ("jobs", "ruff"): (5.0, "five times ruff"),
}
_WARM_BY_COLD = 0.1
_WARM_BY_FLOOR = 3.0
_SMALL_FILE_SECONDS = 0.25
_PEAK_MB = 250.0
_ONE_FILE = "one sql file"


@dataclass(frozen=True, slots=True)
class Comparison:
    """Pairs of runs on one set: `scenario` is `cold` or `warm`; `theirs` are the runs of `against`.

    `failed` says why there are no runs, else it is empty.
    """

    set_name: str
    scenario: str
    against: str
    version: str
    ours: Series
    theirs: Series
    failed: str = ""

    @property
    def ratio(self) -> float:
        """Our CPU by theirs: the median over the pairs."""
        return ratio(self.ours, self.theirs)


@dataclass(frozen=True, slots=True)
class Goal:
    """One limit and the value that was measured, in the same unit (a ratio, seconds, or MB)."""

    says: str
    value: float
    limit: float

    @property
    def met(self) -> bool:
        """Whether the value is within the limit."""
        return self.value <= self.limit


def check(comparisons: Sequence[Comparison]) -> list[Goal]:
    """Return the goals that these measurements can speak to, in a fixed order."""
    measured = [comparison for comparison in comparisons if not comparison.failed]
    goals: list[Goal] = []
    for found in measured:
        key = (found.set_name, found.against)
        if found.scenario == "cold" and key in _PEER_LIMITS:
            limit, words = _PEER_LIMITS[key]
            goals.append(Goal(f"{found.set_name}, cold: CPU at most {words}", found.ratio, limit))
        elif found.scenario == "warm" and found.against == "floor" and found.set_name != _ONE_FILE:
            goals.append(
                Goal(f"{found.set_name}, warm: CPU at most three times the floor", found.ratio, _WARM_BY_FLOOR)
            )
        elif found.scenario == "warm" and key == ("sql", "leaktight, cold"):
            goals.append(Goal("sql, warm: CPU at most a tenth of cold", found.ratio, _WARM_BY_COLD))
    small = [found.ours for found in measured if found.set_name == _ONE_FILE and found.scenario == "cold"]
    if small:
        goals.append(Goal("one small SQL file, cold: CPU seconds", joined(small).median, _SMALL_FILE_SECONDS))
    if measured:
        peak = max(found.ours.peak for found in measured)
        goals.append(Goal("peak memory of the largest process, MB", peak, _PEAK_MB))
    return goals
