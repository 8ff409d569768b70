"""Models of Django."""

from __future__ import annotations

import time

import pytest
from reading import declared, facts, index_facts, keys, project, shapes, table

from leaktight.catalog.declaration import Origin
from leaktight.catalog.table import Table

HEAD = """from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower, Now
"""
MODEL = "class Thing(models.Model):\n    {body}\n"


def tables(code: str, path: str = "shop/models.py") -> dict[str, Table]:
    found = declared(path, HEAD + code)
    assert {item.origin for item in found.values()} <= {Origin.MODEL}
    return {name: item.table for name, item in found.items()}


def thing(*lines: str) -> Table:
    return tables(MODEL.format(body="\n    ".join(lines)))["shop_thing"]


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ("models.CharField(max_length=20)", ("VARCHAR(20)", False)),
        ("models.CharField('what it is', max_length=LONG, null=True)", ("VARCHAR(99)", True)),
        ("models.CharField(max_length=limit())", (None, False)),
        ("models.EmailField()", ("VARCHAR(254)", False)),
        ("models.SlugField(blank=True)", ("VARCHAR(50)", False)),
        ("models.DecimalField(max_digits=12, decimal_places=2)", ("NUMERIC(12,2)", False)),
        ("models.DateTimeField(auto_now_add=True, null=False)", ("TIMESTAMPTZ", False)),
        ("models.PositiveSmallIntegerField(default=0)", ("SMALLINT", False)),
        ("models.BooleanField(null=NULLS)", ("BOOLEAN", None)),
        ("models.JSONField(default=dict)", ("JSONB", False)),
        ("ArrayField(models.CharField(max_length=5), size=3)", ("VARCHAR(5)[]", False)),
        ("ArrayField(base_field=models.IntegerField())", ("INTEGER[]", False)),
        ("MoneyField()", (None, False)),
        ("models.GeneratedField(expression=F('y'), output_field=models.TextField(), db_persist=True)", ("TEXT", False)),
    ],
)
def test_types_and_nullability(field: str, expected: tuple[str | None, bool | None]) -> None:
    found = tables(f"LONG = 99\n{MODEL.format(body=f'x = {field}')}")["shop_thing"]
    assert shapes(found) == {"id": (None, False), "x": expected}
    assert found.complete
    assert found.columns["id"].generated


@pytest.mark.parametrize(
    ("field", "default"),
    [
        ("models.TextField(default='a')", None),
        ("models.TextField(db_default='it''s')", "'its'"),
        ("models.TextField(db_default=models.Value('a'))", "'a'"),
        ("models.DateTimeField(db_default=Now())", "now()"),
        ("models.BooleanField(db_default=False)", "false"),
        ("models.IntegerField(db_default=3)", "3"),
        ("models.IntegerField(db_default=F('y') + 1)", None),
    ],
)
def test_only_defaults_of_the_database_count(field: str, default: str | None) -> None:
    assert thing(f"x = {field}").columns["x"].default == default


def test_what_is_no_column_of_a_model() -> None:
    found = thing(
        "x = models.TextField(db_comment='what it is')",
        "objects = models.Manager()",
        "active = ActiveManager.from_queryset(Things)()",
        "kinds = ['a']",
        "STATES = zip_choices(['a'])",
        "content = GenericForeignKey('kind', 'id')",
        "notes = GenericRelation('notes.Note')",
        "class Kind(models.TextChoices):\n        A = 'a'",
        "def label(self): ...",
        "history = HistoricalRecords()",
    )
    assert set(found.columns) == {"id", "x"}
    assert found.columns["x"].comment == "what it is"
    assert found.complete


@pytest.mark.parametrize(
    ("meta", "name"),
    [
        ("pass", "shop_thing"),
        ("db_table = 'things'", "things"),
        ("db_table = 'crm\".\"things'", "crm.things"),
        ("db_table = '\"things\"'", "things"),
        ("app_label = 'crm'", "crm_thing"),
        ("abstract = False", "shop_thing"),
    ],
)
def test_names(meta: str, name: str) -> None:
    code = f"class Thing(models.Model):\n    x = models.TextField()\n    class Meta:\n        {meta}\n"
    assert list(tables(code)) == [name]


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("shop/models.py", "shop_thing"),
        ("src/apps/shop/models.py", "shop_thing"),
        ("shop/models/things.py", "shop_thing"),
        ("shop/models/deep/things.py", "shop_thing"),
        ("shop/things.py", "shop_thing"),
    ],
)
def test_the_app_is_the_folder_of_the_models(path: str, name: str) -> None:
    assert list(tables(MODEL.format(body="x = models.TextField()"), path)) == [name]


@pytest.mark.parametrize(
    "code",
    [
        "class Thing(models.Model):\n    x = models.TextField()\n    class Meta:\n        abstract = True\n",
        "class Thing:\n    x = models.TextField()\n",
        "class Thing(Form):\n    x = TextField()\n",
        "from django import forms\nclass Thing(forms.Form):\n    x = forms.CharField()\n",
        "from rest_framework import serializers\nclass Thing(serializers.ModelSerializer):\n    x = serializers.CharField()\n",
        "class Thing(models.Model):\n    x = models.TextField()\n    class Meta:\n        proxy = True\n",
        "def make():\n    class Thing(models.Model):\n        x = models.TextField()\n",
        "class Migration(migrations.Migration):\n    pass\nclass Thing(models.Model):\n    x = models.TextField()\n",
    ],
    ids=[
        "abstract",
        "no base",
        "a form of a module",
        "a form",
        "a serializer",
        "a proxy",
        "in a function",
        "in a migration",
    ],
)
def test_what_is_no_model(code: str) -> None:
    assert tables(code) == {}


def test_a_model_whose_base_stands_elsewhere_is_not_complete() -> None:
    (found,) = tables("from core.models import Timed\nclass Thing(Timed):\n    x = models.TextField()\n").values()
    assert (str(found.name), set(found.columns), found.complete) == ("shop_thing", {"x"}, False)


def test_abstract_bases_give_their_fields_and_others_their_key() -> None:
    found = tables(
        """class Timed(models.Model):
    made_at = models.DateTimeField()
    gone = models.TextField()
    class Meta:
        abstract = True
class Place(Timed):
    gone = None
    name = models.TextField(primary_key=True)
class Shop(Place):
    size = models.IntegerField()
"""
    )
    assert {name: set(one.columns) for name, one in found.items()} == {
        "shop_place": {"made_at", "name"},
        "shop_shop": {"place_ptr_id", "size"},
    }
    assert keys(found["shop_shop"]) == {
        ("primary", ("place_ptr_id",), ""),
        ("foreign", ("place_ptr_id",), "shop_place()"),
    }


@pytest.mark.parametrize(
    ("field", "column", "key"),
    [
        ("models.ForeignKey('Other', models.CASCADE)", "x_id", "shop_other()"),
        ("models.ForeignKey('crm.Other', on_delete=models.CASCADE)", "x_id", "crm_other()"),
        ("models.ForeignKey(to='self', on_delete=models.CASCADE)", "x_id", "shop_thing()"),
        ("models.ForeignKey['Other']('Other', models.CASCADE)", "x_id", "shop_other()"),
        ("models.ForeignKey('Other', models.CASCADE, to_field='code')", "x_id", "shop_other(code)"),
        ("models.ForeignKey('Other', models.CASCADE, db_column='other')", "other", "shop_other()"),
        ("models.ForeignKey(Person, models.CASCADE)", "x_id", "people_person()"),
        ("models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE)", "x_id", None),
        ("models.ForeignKey('Other', models.CASCADE, db_constraint=False)", "x_id", None),
    ],
)
def test_relations_to_one(field: str, column: str, key: str | None) -> None:
    found = tables(f"from people.models import Person\n{MODEL.format(body=f'x = {field}')}")["shop_thing"]
    assert set(found.columns) == {"id", column}
    assert found.columns[column].field == "x"
    assert {one for one in keys(found) if one[0] == "foreign"} == ({("foreign", (column,), key)} if key else set())
    assert [index_facts(index) for index in found.indexes] == [(None, (column,), False)]


@pytest.mark.parametrize(
    ("path", "imported", "referenced"),
    [
        ("shop/orders.py", "from .models import Person", "shop_person()"),
        ("shop/reports/orders.py", "from ..models import Person", "shop_person()"),
        ("shop/models/orders.py", "from .people import Person", "shop_person()"),
        ("shop/models/orders.py", "from . import Person", "shop_person()"),
        ("site/shop/models.py", "from ..people.models import Person", "people_person()"),
        ("site/shop/models.py", "from people.models.person import Person", "people_person()"),
        ("shop/orders.py", "from .people import Person", None),
        ("orders.py", "from .models import Person", None),
    ],
)
def test_a_model_is_that_of_the_app_which_its_import_leads_to(path: str, imported: str, referenced: str | None) -> None:
    code = f"{imported}\nclass Order(models.Model):\n    x = models.ForeignKey(Person, models.CASCADE)\n"
    (found,) = tables(code, path).values()
    assert [one[2] for one in keys(found) if one[0] == "foreign"] == ([referenced] if referenced else [])


def test_a_list_that_doubles_itself_is_not_followed_to_its_end() -> None:
    doubled = "".join(f"a{n} = a{n - 1} + a{n - 1}\n" for n in range(1, 18))
    code = f"a0 = [{', '.join(['models.F(1)'] * 900)}]\n{doubled}"
    start = time.process_time()
    found = tables(code + MODEL.format(body="x = models.TextField()\n    class Meta:\n        indexes = a17"))[
        "shop_thing"
    ]
    assert (set(found.columns), found.indexes) == ({"id", "x"}, ())
    assert time.process_time() - start < 2


def test_a_column_has_the_type_of_the_one_it_refers_to() -> None:
    catalog = project(
        {
            "crm/models.py": HEAD
            + "class Person(models.Model):\n    code = models.CharField(max_length=7, primary_key=True)\n",
            "shop/models.py": HEAD
            + "class Basket(models.Model):\n    person = models.OneToOneField('crm.Person', models.CASCADE, primary_key=True)\n"
            + "class Item(models.Model):\n    basket = models.ForeignKey(Basket, models.CASCADE)\n",
        }
    )
    assert shapes(table(catalog, "shop_basket")) == {"person_id": ("VARCHAR(7)", False)}
    assert shapes(table(catalog, "shop_item"))["basket_id"] == ("VARCHAR(7)", False)


@pytest.mark.parametrize(
    ("field", "name", "columns"),
    [
        ("models.ManyToManyField('Tag')", "shop_thing_x", ("thing_id", "tag_id")),
        ("models.ManyToManyField('crm.Tag', db_table='links')", "links", ("thing_id", "tag_id")),
        ("models.ManyToManyField('self')", "shop_thing_x", ("from_thing_id", "to_thing_id")),
    ],
)
def test_relations_to_many_have_a_table(field: str, name: str, columns: tuple[str, str]) -> None:
    found = tables(MODEL.format(body=f"x = {field}"))
    assert set(found) == {"shop_thing", name}
    assert set(found[name].columns) == {"id", *columns}
    assert ("unique", columns, "") in keys(found[name])
    assert found[name].complete


def test_a_table_of_a_relation_is_called_after_that_of_its_model() -> None:
    code = "class Thing(models.Model):\n    x = models.ManyToManyField('Tag')\n    class Meta:\n        db_table = 'things'\n"
    assert set(tables(code)) == {"things", "things_x"}


def test_a_relation_through_a_model_has_no_table_and_one_to_what_is_not_known_is_not_complete() -> None:
    assert set(tables(MODEL.format(body="x = models.ManyToManyField('Tag', through='Link')"))) == {"shop_thing"}
    found = tables(MODEL.format(body="x = models.ManyToManyField(settings.AUTH_USER_MODEL)"))["shop_thing_x"]
    assert (set(found.columns), found.complete) == ({"id", "thing_id"}, False)


def test_keys_and_indexes() -> None:
    found = thing(
        "a = models.TextField(unique=True)",
        "b = models.TextField(db_index=True)",
        "c = models.ForeignKey('Other', models.CASCADE, db_index=False)",
        "class Meta:",
        "    unique_together = [('a', 'c'), ['a', 'b']]",
        "    index_together = ('b', 'c')",
        "    indexes = [",
        "        models.Index(fields=['-b', 'c'], name='i_bc'),",
        "        models.Index(Lower('b').desc(), 'a', name='i_low'),",
        "        GinIndex(fields=['a'], name='i_gin'),",
        "        models.Index(fields=['a'], condition=Q(b='x', a__isnull=False), name='i_some', include=['c']),",
        "        models.Index(fields=NAMES, name='i_unclear'),",
        "    ]",
        "    constraints = [",
        "        models.UniqueConstraint(fields=['b', 'c'], name='u_bc'),",
        "        models.UniqueConstraint(fields=['b'], condition=Q(a='x'), name='u_some'),",
        "        models.UniqueConstraint(Lower('a'), name='u_low'),",
        "        models.CheckConstraint(check=Q(a='x'), name='c_x'),",
        "        models.CheckConstraint(condition=Q(a__in=['x', 'y']), name='c_in'),",
        "    ]",
    )
    assert {key for key in keys(found) if key[0] == "unique"} == {
        ("unique", ("a",), ""),
        ("unique", ("a", "c_id"), ""),
        ("unique", ("a", "b"), ""),
        ("unique", ("b", "c_id"), ""),
    }
    assert [index_facts(index) for index in found.indexes] == [
        (None, ("b",), False),
        (None, ("b", "c_id"), False),
        ("i_bc", ("b", "c_id"), False),
        ("i_low", ("lower(b)", "a"), False),
        ("i_gin", ("a",), False),
        ("i_some", ("a",), False),
        ("u_some", ("b",), True),
        ("u_low", ("lower(a)",), True),
    ]
    assert [(check.name, check.condition) for check in found.checks] == [("c_in", "a IN ('x', 'y')")]
    assert [index.method for index in found.indexes if index.name == "i_gin"] == ["gin"]
    some = next(index for index in found.indexes if index.name == "i_some")
    assert (some.predicate, some.included) == ("b = 'x' AND a IS NOT NULL", ("c_id",))


def test_a_key_of_several_columns() -> None:
    found = thing(
        "pk = models.CompositePrimaryKey('a', 'b')",
        "a = models.TextField()",
        "b = models.ForeignKey('O', models.CASCADE)",
    )
    assert set(found.columns) == {"a", "b_id"}
    assert ("primary", ("a", "b_id"), "") in keys(found)


def test_places() -> None:
    found = thing("x = models.TextField()")
    line = len(HEAD.splitlines())
    assert found.location is not None
    assert found.columns["x"].location is not None
    assert (found.location.start.line, found.columns["x"].location.start.line) == (line + 1, line + 2)


@pytest.mark.parametrize(
    "code",
    [
        "class A(A):\n    x = models.TextField()\n",
        "class A(B):\n    x = models.TextField()\nclass B(A, models.Model):\n    y = models.TextField()\n",
        "class T0(models.Model):\n    x = models.TextField()\n    class Meta:\n        abstract = True\n"
        + "".join(
            f"class T{at + 1}(T{at}):\n    c{at} = models.TextField()\n    class Meta:\n        abstract = True\n"
            for at in range(300)
        ),
        MODEL.format(body="x = models.TextField(\n" + "ArrayField(" * 80 + ")" * 80 + ")"),
        MODEL.format(body="x = ArrayField(" + "ArrayField(" * 80 + "models.TextField()" + ")" * 81),
        MODEL.format(body="x = models.ForeignKey()\n    y = models.ManyToManyField()\n    z = models.CharField(3)"),
        MODEL.format(
            body="class Meta:\n        db_table = ''\n        indexes = [models.Index()]\n        unique_together = [3]"
        ),
        MODEL.format(body="class Meta:\n        constraints = constraints\n        indexes = [*indexes, *indexes]"),
    ],
    ids=["itself", "circle", "chain", "no array", "deep", "no arguments", "empty", "lists of themselves"],
)
def test_hostile_code_ends_soon(code: str) -> None:
    start = time.perf_counter()
    facts("shop/models.py", HEAD + code)
    assert time.perf_counter() - start < 20
