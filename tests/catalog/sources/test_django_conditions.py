"""Conditions of Django's partial indexes, as SQL that speaks of columns."""

from __future__ import annotations

import pytest
from reading import declared

MODEL = """from django.db import models
from django.db.models import Q

class Thing(models.Model):
    a = models.IntegerField()
    c = models.ForeignKey('Other', models.CASCADE, null=True, db_index=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=['a'], condition={}, name='u')]
"""


@pytest.mark.parametrize(
    ("condition", "predicate"),
    [
        ("Q(c=None)", "c_id IS NULL"),
        ("models.Q(('c', None), ('a', 'c'))", "c_id IS NULL AND a = 'c'"),
        ("Q(('a', 'x'), ('c__isnull', False), _connector='OR')", "a = 'x' OR c_id IS NOT NULL"),
        ("Q(('c', None), _negated=True)", "NOT (c_id IS NULL)"),
        ("~Q(c=None)", "NOT (c_id IS NULL)"),
        ("Q(c=None) & Q(a=1) | Q(Q(a=2))", "((c_id IS NULL) AND (a = 1)) OR ((a = 2))"),
        ("Q(a__gt=5)", "Q(a__gt=5)"),
        ("~Q(a__gt=5)", "~Q(a__gt=5)"),
        ("Q(('a__in', [1]))", "Q(('a__in', [1]))"),
    ],
)
def test_the_condition_of_a_partial_index(condition: str, predicate: str) -> None:
    declarations = declared("shop/models.py", MODEL.format(condition))
    (found,) = (item.table for item in declarations.values())
    assert [index.predicate for index in found.indexes] == [predicate]
