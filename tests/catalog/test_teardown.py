"""Scripts that drop all tables of their folder are no migrations: the tables stand."""

from __future__ import annotations

import pytest
from reading import project

from leaktight.testing import run
from leaktight_rules.migration.drop_table import DropTable

MADE = {
    "db/001_shops.sql": "create table shops (id int primary key); create table orders (id int primary key);",
    "db/002_items.sql": "create table items (id int primary key);",
}
DROPS = "drop table if exists items; drop table if exists orders; drop table if exists shops;"


@pytest.mark.parametrize(
    ("later", "standing"),
    [
        ({"db/999_drop_tables.sql": DROPS}, 3),
        ({"db/999_drop_tables.sql": DROPS + "drop table carts;"}, 3),
        ({"db/003_away.sql": "drop table items; drop table orders;"}, 1),
        ({"db/003_away.sql": DROPS, "db/004_again.sql": "create table carts (id int primary key);"}, 1),
        ({"db/003_away.sql": DROPS + "create table carts (id int primary key);"}, 1),
        ({"other/999_drop_tables.sql": DROPS}, 3),
    ],
)
def test_what_stands(later: dict[str, str], standing: int) -> None:
    assert len(list(project({**MADE, **later}))) == standing


def test_renamed_tables_are_told_by_their_new_names() -> None:
    later = {
        "db/003_names.sql": "alter table items rename to lines;",
        "db/999_drop.sql": "drop table lines; drop table orders; drop table shops;",
    }
    assert sorted(table.name.name for table in project({**MADE, **later})) == ["lines", "orders", "shops"]


@pytest.mark.parametrize(("drops", "found"), [(DROPS, 0), ("drop table items; drop table orders;", 1)])
def test_nothing_is_said_of_their_drops(drops: str, found: int) -> None:
    path = "db/migrations/999_drop_tables.sql"
    files = {**{f"db/migrations/{name[3:]}": text for name, text in MADE.items()}, path: drops}
    assert len(run(DropTable(), files, reported=path, dialect="postgres").diagnostics) == found


@pytest.mark.parametrize(("made", "stands"), [("ddl/orders.sql", True), ("db/003_code.sql", False)])
def test_a_key_goes_with_the_folder_that_added_it(made: str, stands: bool) -> None:
    table = {"ddl/orders.sql": "create table orders (id int, code int);"}
    key = "alter table orders add constraint orders_code unique (code);"
    drop = {"db/004_load.sql": "alter table orders drop constraint orders_code;"}
    files = {**table, made: table.get(made, "") + key, **drop}
    (known,) = project(files)
    assert bool(known.unique_keys()) is stands
