from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from doc_pages import ROOT, SHOP, Leaktight


@pytest.fixture(scope="session")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """An environment in which `leaktight` is this checkout's, with a cache of its own."""
    folder = tmp_path_factory.mktemp("bin")
    script = folder / "leaktight"
    script.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m leaktight "$@"\n')
    script.chmod(0o755)
    kept = {key: value for key, value in os.environ.items() if key not in ("FORCE_COLOR", "NO_COLOR", "COLUMNS")}
    return {
        **kept,
        "PATH": os.pathsep.join([str(folder), kept.get("PATH", "")]),
        "PYTHONPATH": os.pathsep.join([str(ROOT / "linter"), str(ROOT / "rules")]),
        "LEAKTIGHT_CACHE_DIR": str(tmp_path_factory.mktemp("cache")),
        "LC_ALL": "C.UTF-8",
    }


@pytest.fixture
def leaktight(environment: dict[str, str]) -> Leaktight:
    """Run `leaktight` in the example project, or in another directory."""

    def run(*arguments: str, cwd: Path = SHOP, stdin: str = "", **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["leaktight", *arguments],
            cwd=cwd,
            env={**environment, **more},
            input=stdin,
            capture_output=True,
            encoding="utf-8",
            timeout=120,
            check=False,
        )

    return run
