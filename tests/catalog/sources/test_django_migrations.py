"""Migrations of Django."""

from __future__ import annotations

from python_shop import check_shop, shop_of
from reading import fixture, project


def test_the_shop() -> None:
    check_shop(shop_of(project(fixture("django/migrations"), "postgres")), says=frozenset())
