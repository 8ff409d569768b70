"""What makes an index say more than the key or index beside it, for `redundant-index`."""

from __future__ import annotations

import pytest

from leaktight.diagnostics import Severity
from leaktight.testing import run
from leaktight_rules.index.redundant_index import RedundantIndex

TABLE = "create table t (id bigint primary key, a text unique, b int);"


@pytest.mark.parametrize(
    "indexes",
    [
        "create index i on t (id);",
        "create index i on t (a);",
        "create unique index i on t (a);",
        "create index i on t (b); create index j on t (b, a);",
        "create index i on t (b) include (a); create index j on t (b, a);",
        "create index i on t (lower(a)); create index j on t (lower(a), b);",
    ],
)
def test_says_nothing_more(check, indexes: str) -> None:
    (found,) = check(RedundantIndex(), f"{TABLE} {indexes}")
    assert found.message.startswith("every query that `i` serves, ")


@pytest.mark.parametrize(
    "indexes",
    [
        "create unique index i on t (a) nulls not distinct;",
        "create unique index i on t (b); create index j on t (b, a);",
        "create index i on t (b) include (a); create index j on t (b, id);",
        "create index i on t (b) where a = 'x'; create index j on t (b, a);",
        "create index i on t (b); create index j on t using gin (b, a);",
        "create index i on t (b); create index j on t (b, a) where a = 'x';",
        'create index i on t (a collate "C");',
    ],
)
def test_says_more(check, indexes: str) -> None:
    assert check(RedundantIndex(), f"{TABLE} {indexes}") == []


DJANGO = """from django.db import migrations, models


class Migration(migrations.Migration):
    operations = [
        migrations.CreateModel("Shop", [("id", models.BigAutoField(primary_key=True))]),
        migrations.CreateModel("Visit", [
            ("id", models.BigAutoField(primary_key=True)),
            ("day", models.DateField({day})),
            {field},
        ], {{"unique_together": {{{together}}}}}),
    ]
"""


@pytest.mark.parametrize(
    ("day", "field", "together", "severities"),
    [
        ("", '("shop", models.ForeignKey("Shop", models.CASCADE))', '("shop", "day")', [Severity.NOTE]),
        ("", '("shop", models.ForeignKey("Shop", models.CASCADE, db_index=False))', '("shop", "day")', []),
        ("db_index=True", '("shop", models.ForeignKey("Shop", models.CASCADE))', '("day", "shop")', [Severity.WARNING]),
        ("", '("shops", models.ManyToManyField("Shop"))', "", []),
    ],
)
def test_what_django_makes_by_itself(day: str, field: str, together: str, severities: list[Severity]) -> None:
    path = "shop/migrations/0001_initial.py"
    text = DJANGO.format(day=day, field=field, together=together)
    report = run(RedundantIndex(), {path: text}, reported=path, dialect="postgres")
    assert [found.severity for found in report.diagnostics] == severities
    assert ["db_index=False" in (found.fix.title if found.fix else "") for found in report.diagnostics] == [
        severity is Severity.NOTE for severity in severities
    ]


@pytest.mark.parametrize(("dialect", "count"), [("oracle", 0), ("postgres", 1)])
def test_oracle_s_constraint_uses_the_index_of_its_columns(check, dialect: str, count: int) -> None:
    sql = "create table t (id int not null, constraint t_pk primary key (id)); create unique index t_pk2 on t (id);"
    assert len(check(RedundantIndex(), sql, dialect=dialect)) == count


@pytest.mark.parametrize(("name", "served"), [("", "the one on `(shop_id, day)`"), (', name="by_day"', "`by_day`")])
def test_an_index_without_a_name_is_no_key(name: str, served: str) -> None:
    code = (
        "from django.db import models\n\n\nclass Shop(models.Model):\n    pass\n\n\nclass Visit(models.Model):\n"
        "    shop = models.ForeignKey(Shop, models.CASCADE)\n    day = models.DateField()\n\n    class Meta:\n"
        f'        indexes = [models.Index(fields=["shop", "day"]{name})]\n'
    )
    report = run(RedundantIndex(), {"shop/models.py": code}, reported="shop/models.py", dialect="postgres")
    assert [found.message for found in report.diagnostics] == [
        f"every query that `(shop_id)` serves, {served} serves too"
    ]


@pytest.mark.parametrize(("carried", "severity"), [("a, b", Severity.WARNING), ("a, b, c, d, e", Severity.NOTE)])
def test_an_index_beside_one_that_carries_much_more(check, carried: str, severity: Severity) -> None:
    sql = f"""
    create table deals (id bigint primary key, shop_id bigint, a int, b int, c int, d int, e int);
    create index deals_shop on deals (shop_id);
    create index deals_shop_all on deals (shop_id) include ({carried});
    """
    (found,) = check(RedundantIndex(), sql)
    assert found.severity is severity
