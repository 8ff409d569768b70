"""Golden files: whole outputs that a test compares with, rewritten by `pytest --rewrite-golden`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--rewrite-golden",
        action="store_true",
        help="write what the tests find into the golden files instead of comparing with them",
    )


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Give `compare(name, text)`: the file `golden/<name>` beside the test must hold exactly `text`."""

    def compare(name: str, text: str) -> None:
        path = Path(request.path).parent / "golden" / name
        if request.config.getoption("--rewrite-golden"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode())
            return
        assert path.is_file(), f"{path} is missing; run pytest with --rewrite-golden"
        assert text == path.read_bytes().decode(), f"{path.name} differs; look at it, then run pytest --rewrite-golden"

    return compare
