"""Migrations of Alembic."""

from __future__ import annotations

from python_shop import check_shop, shop_of
from reading import fixture, project


def test_the_shop() -> None:
    says = frozenset({"partitioning", "owner", "classification"})
    check_shop(shop_of(project(fixture("alembic"), "postgres")), says=says)
