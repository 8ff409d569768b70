"""Finds what installed packages declare by entry points, without `importlib.metadata`, which takes longer to import than
to use."""

from __future__ import annotations

import os
import sys

_NAMES = (".dist-info", ".egg-info")


def entry_modules(group: str) -> list[str]:
    """Give the modules of a group's entry points, in the order in which `importlib.metadata` would find them."""
    if not _is_plain():
        from importlib.metadata import entry_points

        return [entry.module for entry in entry_points(group=group)]
    found: list[str] = []
    seen: set[str] = set()
    for folder in sys.path:
        try:
            names = [entry.name for entry in os.scandir(folder or ".") if entry.name.endswith(_NAMES)]
        except OSError:
            continue
        for name in names:
            distribution = name.rpartition(".")[0].partition("-")[0].lower().replace("-", "_").replace(".", "_")
            if distribution in seen:
                continue  # one that comes earlier on the path hides it
            seen.add(distribution)
            found += _modules(os.path.join(folder, name, "entry_points.txt"), group)
    return found


def _is_plain() -> bool:
    """Say whether all that is installed lies in folders: neither in archives nor where another finder knows it."""
    finders = sum(hasattr(finder, "find_distributions") for finder in sys.meta_path)
    return finders <= 1 and not any(path.endswith(".egg") or os.path.isfile(path) for path in sys.path)


def _modules(path: str, group: str) -> list[str]:
    try:
        with open(path, encoding="utf-8") as file:
            text = file.read()
    except (OSError, ValueError):
        return []
    if f"[{group}]" not in text:
        return []
    section, modules = "", []
    for line in map(str.strip, text.splitlines()):
        if line.startswith("[") and line.endswith("]"):
            section = line.strip("[]")
        elif section == group and "=" in line and not line.startswith("#"):
            modules.append(line.partition("=")[2].partition("[")[0].partition(":")[0].strip())
    return modules
