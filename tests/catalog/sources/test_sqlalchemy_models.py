"""Models of SQLAlchemy and SQLModel, and tables of its Core."""

from __future__ import annotations

import pytest
from python_shop import check_shop, shop_of
from reading import fixture, project

GOVERNED = frozenset({"partitioning", "owner"})


@pytest.mark.parametrize(
    ("form", "says"),
    [
        ("classic", GOVERNED | {"classification"}),
        ("mapped", GOVERNED | {"classification"}),
        ("core", GOVERNED | {"classification"}),
        ("sqlmodel", GOVERNED),
    ],
)
def test_the_shop(form: str, says: frozenset[str]) -> None:
    check_shop(shop_of(project(fixture(f"sqlalchemy/{form}"), None)), says=says)
