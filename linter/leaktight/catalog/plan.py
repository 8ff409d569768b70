"""What a migration tool's own list of changes says of their order: Sqitch's plan, Liquibase's changelog."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from leaktight.lazy import record


@record(frozen=True, slots=True)
class Plan:
    """The order in which the plan at `path` has its files applied.

    Of each step, the first of its paths that exists is meant; one that ends with a slash is a folder, all of whose files
    are meant, by name; the path of another plan stands for that plan's steps. What else lies in `owned` folders is
    applied never: what no plan lists, and what takes changes back.
    """

    path: str
    steps: tuple[tuple[str, ...], ...]
    owned: tuple[str, ...] = ()


class Planned:
    """The files of all plans: `position` says of each which plan applies it, and where in its order; `left_out` is the rest."""

    def __init__(self, plans: Iterable[Plan], paths: Sequence[str]) -> None:
        self.position: dict[str, tuple[str, int]] = {}
        self.left_out: set[str] = set()
        self._plans: Mapping[str, Plan] = {plan.path: plan for plan in plans}
        if not self._plans:
            return
        self._paths = sorted(paths)
        self._known = set(paths)
        included: set[str] = set()
        for plan in self._plans.values():
            included |= {path for step in plan.steps for path in step if path in self._plans and path != plan.path}
        for plan in sorted(self._plans.values(), key=lambda plan: (plan.path in included, plan.path)):
            self._take(plan, plan.path.rpartition("/")[0])
        for plan in self._plans.values():
            folders = plan.owned
            if folders and any(where == plan.path.rpartition("/")[0] for where, _ in self.position.values()):
                self.left_out |= {p for p in self._paths if p.startswith(folders) and p not in self.position}

    def _take(self, plan: Plan, home: str) -> None:
        waiting = [iter(plan.steps)]
        taken = {plan.path}
        while waiting:
            step = next(waiting[-1], None)
            if step is None:
                waiting.pop()
                continue
            for path in step:
                inner = self._plans.get(path)
                if inner is not None:
                    if path not in taken:
                        taken.add(path)
                        waiting.append(iter(inner.steps))
                    break
                files = self._files(path)
                for file in files:
                    self.position.setdefault(file, (home, len(self.position)))
                if files:
                    break

    def _files(self, path: str) -> list[str]:
        if not path.endswith("/"):
            return [path] if path in self._known else []
        from bisect import bisect_left

        first = last = bisect_left(self._paths, path)
        while last < len(self._paths) and self._paths[last].startswith(path):
            last += 1
        return self._paths[first:last]
