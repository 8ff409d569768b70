"""Which migrations the marks of the configuration say have run."""

from __future__ import annotations

import pytest

from leaktight.catalog.applied import applied
from leaktight.catalog.chain import Revision

FLYWAY = ("sql/V1__a.sql", "sql/V2__b.sql", "sql/V2_1__c.sql", "sql/V10__d.sql")
PRISMA = tuple(f"prisma/migrations/{name}/migration.sql" for name in ("20240101090000_a", "20240301090000_b"))
DIESEL = tuple(
    f"migrations/{name}/up.sql" for name in ("2023-01-10-090000_a", "2023-01-17-080000_b", "2023-02-01-070000_c")
)
RAILS = ("db/migrate/20231231235959_a.sql", "db/migrate/20240101000000_b.sql", "db/migrate/20240102000000_c.sql")
COUNTED = ("orders/migrations/0001_a.sql", "orders/migrations/0002_b.sql", "users/migrations/0001_a.sql")


@pytest.mark.parametrize(
    ("paths", "marks", "run"),
    [
        (FLYWAY, ("V2__b",), FLYWAY[:2]),
        (FLYWAY, ("V2__b.sql",), FLYWAY[:2]),
        (FLYWAY, ("2.1",), FLYWAY[:3]),
        (FLYWAY, ("9",), FLYWAY[:3]),
        (FLYWAY, ("other/V2__b",), ()),
        (PRISMA, ("20240101090000_a",), PRISMA[:1]),
        (PRISMA, ("20240215",), PRISMA[:1]),
        (PRISMA, ("20240301",), PRISMA),
        (PRISMA, ("20231231",), ()),
        (DIESEL, ("2023-01-17-080000_b",), DIESEL[:2]),
        (DIESEL, ("2023-01-17",), DIESEL[:2]),
        (RAILS, ("20240101000000",), RAILS[:2]),
        (COUNTED, ("1",), (COUNTED[0], COUNTED[2])),
        (COUNTED, ("orders/migrations/0001_a.sql",), COUNTED[:1]),
        (COUNTED, ("orders/migrations/0002",), COUNTED[:2]),
        (COUNTED, ("orders/migrations/0001_a", "users/migrations/0001_a"), (COUNTED[0], COUNTED[2])),
        ((*COUNTED, *RAILS), ("20240101000000",), RAILS[:2]),  # a counter is no date
        (("migrations/init.sql", "migrations/0001_a.sql"), ("0001",), ("migrations/0001_a.sql",)),
    ],
)
def test_a_number_says_what_has_run(paths: tuple[str, ...], marks: tuple[str, ...], run: tuple[str, ...]) -> None:
    found = applied(marks, paths, {})
    assert tuple(path for path in paths if found.holds(path)) == run


ALEMBIC = {
    "versions/9f_c.py": Revision("9f", ("5b",)),
    "versions/5b_b.py": Revision("5b", ("e1",)),
    "versions/e1_a.py": Revision("e1"),
    "versions/77_x.py": Revision("77", ("e1",)),
}
DJANGO = {
    "shop/orders/migrations/0001_a.py": Revision("orders/0001_a", ("users/0001_a",)),
    "shop/orders/migrations/0002_b.py": Revision("orders/0002_b", ("orders/0001_a",)),
    "shop/users/migrations/0001_a.py": Revision("users/0001_a"),
    "shop/users/migrations/0002_b.py": Revision("users/0002_b", ("users/0001_a",)),
    "shop/orders/migrations/0001_both.py": Revision("orders/0001_both", (), ("orders/0001_a", "orders/0002_b")),
}


@pytest.mark.parametrize(
    ("revisions", "marks", "run"),
    [
        (ALEMBIC, ("5b",), {"5b_b", "e1_a"}),
        (ALEMBIC, ("versions/5b_b.py",), {"5b_b", "e1_a"}),
        (ALEMBIC, ("5b_b",), {"5b_b", "e1_a"}),
        (ALEMBIC, ("77", "9f"), {"9f_c", "5b_b", "e1_a", "77_x"}),
        (DJANGO, ("orders/0001_a",), {"orders/migrations/0001_a", "users/migrations/0001_a"}),
        (DJANGO, ("users/0001_a",), {"users/migrations/0001_a"}),
        (
            DJANGO,
            ("orders/migrations/0001_both",),
            {"orders/migrations/0001_both", "orders/migrations/0001_a", "orders/migrations/0002_b", "users/migrations/0001_a"},
        ),
        (DJANGO, ("0001",), {"orders/migrations/0001_a", "users/migrations/0001_a", "orders/migrations/0001_both"}),
    ],
)  # fmt: skip
def test_a_chain_says_what_comes_before(revisions: dict[str, Revision], marks: tuple[str, ...], run: set[str]) -> None:
    found = applied(marks, revisions, revisions)
    ran = {path for path in revisions if found.holds(path)}
    assert ran == {path for path in revisions if any(path.endswith(f"/{name}.py") for name in run)}


@pytest.mark.parametrize(
    ("mark", "known"),
    [("0002_b", True), ("5b", True), ("0002_c", False), ("6c", False), ("V12", True), ("b", False), ("20240101", True)],
)
def test_a_mark_that_names_nothing_is_known_as_such(mark: str, known: bool) -> None:
    found = applied((mark,), [*COUNTED, *ALEMBIC], ALEMBIC)
    assert found.unknown == (() if known else (mark,))


def test_without_marks_nothing_has_run() -> None:
    assert not applied((), COUNTED, {}).holds(COUNTED[0])
