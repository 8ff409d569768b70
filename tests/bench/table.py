"""Write a run as Markdown for people and as plain data for machines."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict

from corpus import FileSet
from goals import Comparison, Goal
from measure import Series
from peers import Peer


def markdown(
    sets: Sequence[FileSet], comparisons: Sequence[Comparison], goals: Sequence[Goal], used: Sequence[Peer]
) -> str:
    """Return the report: the sets, one table of measurements for each, the goals, and how the peers were called."""
    parts = []
    for files in sets:
        parts.append(f"## {files.name}: {len(files.files)} files, {files.size / 1e6:.3f} MB\n\n{_sentence(files.says)}")
        parts.append(_measurements(found for found in comparisons if found.set_name == files.name))
    parts.append("## Goals")
    parts.append(
        _rows(
            ("goal", "measured", "limit", "met"),
            [(goal.says, _number(goal.value), _number(goal.limit), "yes" if goal.met else "**no**") for goal in goals],
        )
    )
    if used:
        parts.append("## How the peers were called")
        parts.append(
            _rows(
                ("peer", "command", "why"),
                [(peer.name, f"`{peer.program} {' '.join(map(_shown, peer.arguments))}`", peer.why) for peer in used],
            )
        )
    return "\n\n".join(parts) + "\n"


def data(sets: Sequence[FileSet], comparisons: Sequence[Comparison], goals: Sequence[Goal]) -> dict[str, object]:
    """Return the raw numbers as JSON values: CPU and wall in seconds, peaks in MB, sizes in bytes."""
    return {
        "sets": [
            {"name": files.name, "language": files.language, "files": len(files.files), "bytes": files.size}
            for files in sets
        ],
        "comparisons": [
            {
                "set": found.set_name,
                "scenario": found.scenario,
                "against": found.against,
                "version": found.version,
                "failed": found.failed,
                "ratio": None if found.failed else found.ratio,
                "ours": _samples(found.ours),
                "theirs": _samples(found.theirs),
            }
            for found in comparisons
        ],
        "goals": [{"says": goal.says, "value": goal.value, "limit": goal.limit, "met": goal.met} for goal in goals],
    }


def _samples(series: Series) -> list[dict[str, object]]:
    return [{name: value for name, value in asdict(sample).items() if name != "tail"} for sample in series.samples]


def _measurements(comparisons: Iterable[Comparison]) -> str:
    rows = []
    for found in comparisons:
        against = f"{found.against} {found.version}".strip()
        if found.failed:
            rows.append((found.scenario, against, *("—",) * 6, found.failed.replace("\n", " ").replace("|", "/")[:200]))
            continue
        rows.append(
            (
                found.scenario,
                against,
                str(len(found.ours.samples)),
                _spread(found.ours),
                _spread(found.theirs),
                _number(found.ratio),
                f"{found.ours.peak:.0f}",
                f"{found.theirs.peak:.0f}",
                "",
            )
        )
    head = (
        "run",
        "against",
        "pairs",
        "leaktight CPU s, least / median",
        "peer CPU s, least / median",
        "leaktight / peer",
        "leaktight MB",
        "peer MB",
        "note",
    )
    return _rows(head, rows)


def _rows(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _spread(series: Series) -> str:
    return f"{_number(series.least)} / {_number(series.median)}"


def _number(value: float) -> str:
    return f"{value:.3g}" if value < 100 else f"{value:.0f}"


def _shown(argument: str) -> str:
    return argument.rpartition("/")[2] if argument.startswith("/") else argument


def _sentence(words: str) -> str:
    return words[0].upper() + words[1:] + "." if not words.startswith("`") else words + "."
