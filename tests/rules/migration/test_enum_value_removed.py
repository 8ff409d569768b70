"""Which values a type had before a migration makes it anew."""

from __future__ import annotations

import pytest

from leaktight.testing import run
from leaktight_rules.migration.enum_value_removed import EnumValueRemoved

ANEW = "alter type status rename to status_old; create type status as enum ({});"
SWAP = "create type status_new as enum ({}); alter type status rename to status_old; alter type status_new rename to status;"


def found(new: str, *earlier: str) -> list[str]:
    files = {f"migrations/{number:04}_a.sql": text for number, text in enumerate(earlier)}
    path = "migrations/0100_b.sql"
    report = run(EnumValueRemoved(), {**files, path: new}, reported=path, dialect="postgres")
    return [one.message.partition(":")[0] for one in report.diagnostics]


@pytest.mark.parametrize("how", [ANEW, SWAP])
def test_the_values_before_are_those_of_all_earlier_files(how: str) -> None:
    made = "create type status as enum ('open', 'paid');"
    added = "alter type status add value 'returned' after 'open';"
    renamed = "alter type status rename value 'paid' to 'settled';"
    assert found(how.format("'paid', 'open'"), made) == []
    assert found(how.format("'open'"), made) == ["`paid` is no value any more"]
    assert found(how.format("'open', 'paid'"), made, added) == ["`returned` is no value any more"]
    assert found(how.format("'open', 'settled'"), made, renamed) == []
    assert found(how.format("'open', 'paid'") + renamed, made) == ["`paid` of `status` is renamed"]
    assert found(how.format("'open', 'settled'"), made, how.format("'open', 'settled'")) == []
    assert found(how.format("'open'")) == ["`status` is made anew"]


@pytest.mark.parametrize(
    ("made", "told"),
    [
        ("create type status as enum ('open', 'paid');", ["`status` is made anew"]),
        ("create type shop.status as enum ('open');", ["`status` is made anew"]),
        ("create type kind as enum ('status', 'other');", []),
        ("create type status as (a int); create type kind as enum ('a');", []),
    ],
)
def test_a_type_is_made_anew_where_another_has_its_very_name(made: str, told: list[str]) -> None:
    assert found(f"alter type status rename to status_old; {made}") == told


@pytest.mark.parametrize(
    ("new", "gone"),
    [
        ("enum('open')", ["`paid` is no value any more"]),
        ("enum('paid', 'open')", []),
        ("enum('open', 'paid', 'returned')", []),
        ("varchar(20)", []),
        ("enum('new')", ["`open`, `paid` are no values any more"]),
    ],
)
def test_values_of_a_column_of_mysql(check, new: str, gone: list[str]) -> None:
    before = "create table orders (status enum('open', 'paid'));"
    found = check(
        EnumValueRemoved(),
        f"alter table orders modify status {new};",
        dialect="mysql",
        path="migrations/0002_a.sql",
        **{"migrations__0001_orders.sql": before},
    )
    assert [one.message.partition(":")[0] for one in found] == gone


MADE = "create table orders (id int, status text check (status in ('open', 'paid', 'returned')));"
DROP = "alter table orders drop constraint orders_status_check;"
ADD = "alter table orders add constraint orders_status_check check ({});"
LESS = ADD.format("status in ('open', 'paid')")
GONE = ["`returned` is no value of `status` any more"]


@pytest.mark.parametrize(
    ("new", "told"),
    [
        (DROP + LESS, GONE),
        (DROP + ADD.format("status = any (array['open'::text, 'paid'::text])"), GONE),
        (DROP + ADD.format("(status)::text = any ((array['open'::character varying, 'paid'])::text[])"), GONE),
        (DROP + ADD.format("status = any ('{open,paid}'::text[])"), GONE),
        (DROP + ADD.format("status = 'open' or status = 'paid' or status is null"), GONE),
        (DROP + ADD.format("id > 0 and status in ('open', 'paid')"), GONE),
        (DROP + ADD.format("status in ('open')"), ["`paid` and `returned` are no values of `status` any more"]),
        (f"{DROP[:-1]}, {LESS.partition('orders ')[2]}", GONE),
        (LESS.replace("orders_status_check", "orders_known"), GONE),
        (DROP + ADD.format("status in ('open', 'paid', 'returned', 'new')"), []),
        (DROP + ADD.format("status in ('returned', 'paid', 'open')"), []),
        (DROP + ADD.format("length(status) in (1, 2)"), []),
        (DROP + ADD.format("(status = 'open' and id > 0) or status = 'paid'"), []),
        (DROP + ADD.format("status not in ('open', 'paid')"), []),
        (DROP + ADD.format("status = 'open' or id is null"), []),
        (DROP, []),
        (MADE.replace("orders", "bills") + LESS.replace("orders", "bills"), []),
        ("delete from orders where status = 'returned';" + DROP + LESS, []),
        ("delete from orders where status = 'open';" + DROP + LESS, GONE),
        ("delete from orders;" + DROP + LESS, []),
        ("truncate orders;" + DROP + LESS, []),
        ("update orders set status = 'open' where status in ('returned', 'x');" + DROP + LESS, []),
        ("update orders set status = 'open' where status not in ('open', 'paid');" + DROP + LESS, []),
        ("update orders set status = case status when 'returned' then 'open' else status end;" + DROP + LESS, []),
        ("update orders set status = old.status from old where old.id = orders.id;" + DROP + LESS, []),
        ("update orders set status = 'open' where status is null or status = 'x';" + DROP + LESS, GONE),
        ("update orders set id = 1 where status = 'returned';" + DROP + LESS, GONE),
        ("update bills set status = 'open' where status = 'returned';" + DROP + LESS, GONE),
        ("do $$ begin update orders set status = 'open' where status = 'returned'; end $$;" + DROP + LESS, []),
        (DROP + LESS + "update orders set status = 'open' where status = 'returned';", GONE),
    ],
)
def test_a_check_that_lists_fewer_values(new: str, told: list[str]) -> None:
    assert found(new, MADE) == told


@pytest.mark.parametrize(
    ("between", "told"),
    [
        (("alter table orders drop constraint orders_status_check;",), GONE),
        (("update orders set status = 'open' where status = 'returned';",), []),
        (("delete from orders where status = 'returned';",), []),
        (("update orders set id = 1 where id is null;",), GONE),
        ((DROP + LESS,), []),
        (
            (DROP + ADD.format("status in ('open', 'paid', 'returned', 'lost')"),),
            ["`returned` and `lost` are no values of `status` any more"],
        ),
        (("alter table orders drop column status; alter table orders add column status text;",), []),
        (("drop table orders; create table orders (id int, status text);",), []),
    ],
)
def test_what_comes_between(between: tuple[str, ...], told: list[str]) -> None:
    assert found(LESS, MADE, *between) == told


def test_rows_that_were_moved_before_the_value_was_let_in_are_not_these() -> None:
    wider = DROP + ADD.format("status in ('open', 'paid', 'returned', 'lost')")
    moved = "update orders set status = 'open' where status is null;"
    assert found(DROP + LESS, MADE, moved, wider) == ["`returned` and `lost` are no values of `status` any more"]


def test_a_renamed_column_keeps_its_list() -> None:
    renamed = "alter table orders rename column status to state;"
    new = DROP + ADD.format("state in ('open')")
    assert found(new, MADE, renamed) == ["`paid` and `returned` are no values of `state` any more"]


def test_a_check_that_is_not_valid_says_what_it_does(check) -> None:
    new = DROP + LESS[:-1] + " not valid;"
    one = check(EnumValueRemoved(), new, path="migrations/0002_a.sql", **{"migrations/0001_a.sql": MADE})
    assert [item.message.partition(": ")[2] for item in one] == ["a row that holds it cannot be updated from now on"]


@pytest.mark.parametrize("path", ["migrations/0002_a.down.sql", "migrations/rollback/0002_a.sql"])
def test_taking_a_migration_back_is_let_be(path: str) -> None:
    report = run(
        EnumValueRemoved(), {"migrations/0001_a.sql": MADE, path: DROP + LESS}, reported=path, dialect="postgres"
    )
    assert not report.diagnostics


def test_checks_of_mysql_and_of_sql_server() -> None:
    made = MADE.replace("status text check", "status varchar(9), constraint known check")
    less = LESS.replace("orders_status_check", "known")
    for dialect, drop in (("mysql", "drop check known"), ("tsql", "drop constraint known")):
        files = {"migrations/0001_a.sql": made, "migrations/0002_b.sql": f"alter table orders {drop}; {less}"}
        report = run(EnumValueRemoved(), files, reported="migrations/0002_b.sql", dialect=dialect)
        assert [one.message.partition(":")[0] for one in report.diagnostics] == GONE


ALEMBIC = """
import sqlalchemy as sa
from alembic import op

revision = "{revision}"
down_revision = {before}


def upgrade():
    {body}


def downgrade():
    op.execute("select 'returned'")
"""
ALEMBIC_MADE = """op.create_table(
        "orders",
        sa.Column("status", sa.String()),
        sa.CheckConstraint("status IN ('open', 'paid', 'returned')", name="known"),
    )"""
ALEMBIC_DROP = 'op.drop_constraint("known", "orders")'


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ('op.create_check_constraint("known", "orders", "status IN (\'open\', \'paid\')")', GONE),
        ('op.create_check_constraint("known", "orders", sa.text("status IN (\'open\', \'paid\')"))', GONE),
        ('op.create_check_constraint("known", "orders", sa.column("status").in_(["open", "paid"]))', GONE),
        ('op.create_check_constraint("known", "orders", sa.column("status") != "")', []),
        (
            """op.execute("UPDATE orders SET status = 'open' WHERE status = 'returned'")
    op.create_check_constraint("known", "orders", sa.column("status").in_(["open", "paid"]))""",
            [],
        ),
        (
            """op.get_bind().execute(orders.update().where(orders.c.status == "returned").values(status="open"))
    op.create_check_constraint("known", "orders", sa.column("status").in_(["open", "paid"]))""",
            [],
        ),
    ],
)
def test_checks_of_alembic(body: str, told: list[str]) -> None:
    files = {
        "migrations/versions/a.py": ALEMBIC.format(revision="a", before=None, body=ALEMBIC_MADE),
        "migrations/versions/b.py": ALEMBIC.format(revision="b", before="'a'", body=f"{ALEMBIC_DROP}\n    {body}"),
    }
    report = run(EnumValueRemoved(), files, reported="migrations/versions/b.py", dialect="postgres")
    assert [one.message.partition(":")[0] for one in report.diagnostics] == told


DJANGO = """
from django.db import migrations, models


class Migration(migrations.Migration):
    operations = [{}]
"""
DJANGO_MADE = """migrations.CreateModel(
            name="Order",
            fields=[("id", models.AutoField(primary_key=True)), ("status", models.TextField())],
            options={"constraints": [models.CheckConstraint(check=models.Q(("status__in", ["open", "returned"])), name="known")]},
        )"""
DJANGO_LESS = """migrations.RemoveConstraint("Order", "known"),
        migrations.AddConstraint("Order", models.CheckConstraint(condition=models.Q(status__in=["open"]), name="known"))"""


def test_checks_of_django() -> None:
    files = {
        "shop/migrations/0001_initial.py": DJANGO.format(DJANGO_MADE),
        "shop/migrations/0002_less.py": DJANGO.format(DJANGO_LESS),
    }
    report = run(EnumValueRemoved(), files, reported="shop/migrations/0002_less.py", dialect="postgres")
    assert [one.message.partition(":")[0] for one in report.diagnostics] == GONE


@pytest.mark.parametrize(
    ("before", "told"),
    [
        ("update orders set status = 'open' where status = 'paid';", []),
        ("update orders set status = 'open' where status = 'x';", ["`paid` is no value any more"]),
    ],
)
def test_rows_that_are_moved_out_of_an_enumeration(before: str, told: list[str]) -> None:
    assert found(before + ANEW.format("'open'"), "create type status as enum ('open', 'paid');") == told


ADONIS = """
import {{ BaseSchema }} from '@adonisjs/lucid/schema'

export default class extends BaseSchema {{
  async up() {{
    this.defer(async (db) => {{
      await db.rawQuery(`ALTER TABLE orders DROP CONSTRAINT IF EXISTS orders_status_check`)
      await db.rawQuery(`ALTER TABLE orders ADD CONSTRAINT orders_status_check CHECK (status IN ({up}))`)
    }})
  }}

  async down() {{
    this.defer(async (db) => {{
      await db.rawQuery(`ALTER TABLE orders DROP CONSTRAINT IF EXISTS orders_status_check`)
      await db.rawQuery(`ALTER TABLE orders ADD CONSTRAINT orders_status_check CHECK (status IN ({down}))`)
    }})
  }}
}}
"""


@pytest.mark.parametrize(
    ("up", "down", "told"),
    [
        ("'open', 'paid'", "'open', 'paid', 'returned'", GONE),
        ("'open', 'paid', 'returned', 'lost'", "'open', 'paid', 'returned'", []),
    ],
)
def test_what_a_class_of_javascript_takes_back(up: str, down: str, told: list[str]) -> None:
    path = "migrations/0002_less.ts"
    files = {"migrations/0001_a.sql": MADE, path: ADONIS.format(up=up, down=down)}
    report = run(EnumValueRemoved(), files, reported=path, dialect="postgres")
    assert [one.message.partition(":")[0] for one in report.diagnostics] == told
