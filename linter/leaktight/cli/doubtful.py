"""Says of a source of the catalog why it is not to be trusted, in one sentence."""

from __future__ import annotations

from collections.abc import Callable

from leaktight.report import NotAnalysed


def plain_reason(reason: str) -> str:
    """Give a reason to stand in a sentence that says itself that something cannot be read: without that, and no period."""
    return reason.removeprefix("cannot be read: ").rstrip(".")


def doubt(item: NotAnalysed, path_of: Callable[[str], str]) -> str:
    """Give the sentence on a source that is stale, missing, or could not be read."""
    if item.code == "missing":
        return f"The configuration names {item.path} as a source of tables, and there is no such file."
    if item.code == "start-after":
        return f"`migrations.start-after` names `{item.path}`, and no migration of the project is called so."
    path = path_of(item.path)
    place = f"{path}:{item.location.start.line}" if item.location is not None else path
    if item.code == "gap":
        return f"{path} names {item.reason}."
    if item.code == "stale":
        again = "let dbt write it again" if path.endswith(".json") else "pull or import it again"
        return f"{path} is stale: {item.reason}; {again}."
    end = "" if item.reason.endswith("?") else "."
    return f"{place} tells of no table, for it could not be read: {plain_reason(item.reason)}{end}"
