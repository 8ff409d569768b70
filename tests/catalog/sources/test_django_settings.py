"""The users' model of Django, which the settings name."""

from __future__ import annotations

import pytest
from reading import column, keys, project, table

MODELS = """from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import models
class Note(models.Model):
    by = models.ForeignKey({to}, models.CASCADE)
"""
MIGRATION = """from django.conf import settings
from django.db import migrations, models
class Migration(migrations.Migration):
    dependencies = [migrations.swappable_dependency(settings.AUTH_USER_MODEL)]
    operations = [
        migrations.CreateModel("Note", [("id", models.AutoField(primary_key=True))]),
        migrations.AddField("note", "by", models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE)),
    ]
"""
USERS = """from django.db import models
class Member(models.Model):
    number = models.BigIntegerField(primary_key=True)
    class Meta:
        db_table = '"crm"."members"'
"""
NAMED = 'INSTALLED_APPS = ["django.contrib.auth"]\nAUTH_USER_MODEL = "people.Member"\n'
PLAIN = 'INSTALLED_APPS = ["django.contrib.auth", "notes"]\n'


@pytest.mark.parametrize(
    ("settings", "to"),
    [
        ({"web/settings.py": NAMED}, "crm.members()"),
        ({"web/settings/base.py": NAMED, "web/settings/test.py": PLAIN}, "crm.members()"),
        (
            {"web/settings/base.py": NAMED, "web/settings/test.py": "from .base import *\nDEBUG = True\n"},
            "crm.members()",
        ),
        ({"web/settings.py": PLAIN}, "auth_user()"),
        ({"web/settings.py": PLAIN.replace("django.contrib.auth", "crm")}, None),
        ({"web/settings.py": PLAIN + "AUTH_USER_MODEL = read()\n"}, None),
        ({"web/settings.py": NAMED, "admin/settings.py": NAMED.replace("people", "staff")}, None),
        ({}, None),
    ],
)
@pytest.mark.parametrize("told", ["models", "get_user_model", "migration"])
def test_a_key_to_the_users(settings: dict[str, str], to: str | None, told: str) -> None:
    files = {"people/models.py": USERS, **settings}
    if told == "migration":
        files["notes/migrations/0001_initial.py"] = MIGRATION
    else:
        users = "settings.AUTH_USER_MODEL" if told == "models" else "get_user_model()"
        files["notes/models.py"] = MODELS.format(to=users)
    found = table(project(files, "postgres"), "notes_note")
    assert {key for key in keys(found) if key[0] == "foreign"} == ({("foreign", ("by_id",), to)} if to else set())
    assert column(found, "by_id").type == ("BIGINT" if to == "crm.members()" else None)
