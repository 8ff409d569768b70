"""Migrations of Django that make the tables of their app: no row stands there yet."""

from __future__ import annotations

import pytest

from leaktight.testing import run
from leaktight_rules.migration.required_column_without_default import RequiredColumnWithoutDefault
from leaktight_rules.migration.unique_without_index import UniqueWithoutIndex

_MIGRATION = """
from django.db import migrations, models

class Migration(migrations.Migration):
    {initial}
    dependencies = [("shop", "0001_initial")]
    operations = [
        migrations.AddField(model_name="order", name="job", field=models.IntegerField()),
        migrations.AddConstraint(model_name="order", constraint=models.UniqueConstraint(fields=("job",), name="one_job")),
    ]
"""


@pytest.mark.parametrize(("initial", "count"), [("initial = True", 0), ("initial = False", 1), ("", 1)])
@pytest.mark.parametrize("rule", [RequiredColumnWithoutDefault(), UniqueWithoutIndex()])
def test_a_second_initial_migration(rule, initial: str, count: int) -> None:
    files = {"shop/migrations/0002_initial.py": _MIGRATION.format(initial=initial)}
    report = run(rule, files, reported="shop/migrations/0002_initial.py", dialect="postgres")
    assert len(report.diagnostics) == count
