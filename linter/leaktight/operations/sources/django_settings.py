"""Settings of Django: which model stands for the users, to whom other models refer by the setting's name."""

from __future__ import annotations

from collections.abc import Iterator

from leaktight.catalog.declaration import Container
from leaktight.operations.file import FileView
from leaktight.operations.python_schema.code import Code
from leaktight.operations.python_schema.user_model import KEY

_DEFAULT = "auth.User"


def read(view: FileView) -> Iterator[Container]:
    """Yield the model of the users: the one that the settings name, or Django's own where they have it installed."""
    for document in view.python:
        code = Code.of_module(document)
        named = code.text(code.names.get("AUTH_USER_MODEL"))
        apps = code.names.get("INSTALLED_APPS")
        if named is not None and named.count(".") == 1:
            yield Container(KEY, named)
        elif "AUTH_USER_MODEL" not in code.names and "django.contrib.auth" in (code.texts(apps) or ()):
            yield Container(KEY, _DEFAULT)
