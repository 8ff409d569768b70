"""Models of Django."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import replace

from leaktight.catalog.declaration import Declaration, Origin
from leaktight.catalog.table import Column, Key, KeyKind
from leaktight.lazy import record
from leaktight.operations.file import FileView
from leaktight.operations.python_schema.code import Code
from leaktight.operations.python_schema.dialect import dialect_of
from leaktight.operations.python_schema.django_fields import (
    Field,
    Model,
    field_kind,
    is_virtual,
    read_field,
    with_primary_key,
)
from leaktight.operations.python_schema.django_models import table_of_model
from leaktight.operations.python_schema.django_operations import app_of, migration_of
from leaktight.text import Span

_MODEL = frozenset({"django.db.models.Model", "django.contrib.gis.db.models.Model", "django.db.models.base.Model"})
_PLAIN_BASES = frozenset({"object", "abc.ABC", "typing.Generic"})
_DEEPEST = 12
_MOST_FIELDS = 30_000
"""How many fields are read in one file, those that models inherit anew for each."""


def read(view: FileView) -> Iterator[Declaration]:
    """Yield the table of each model that is not abstract."""
    for document in view.python:
        if migration_of(document) is None:
            code = Code.of_module(document)
            hint = view.configured_dialect or view.project.dialect_hint(view.source.path)
            models = _Models(code, app_of(view.source.path), dialect_of(code, hint))
            for name in code.classes:
                if models.read < _MOST_FIELDS:
                    yield from models.declared(name)


@record(frozen=True, slots=True)
class _Shape:
    """What a class and those above it add up to: `is_model` says that Django makes tables of it."""

    is_model: bool
    complete: bool
    fields: Mapping[str, tuple[Code, ast.expr]]
    parents: tuple[str, ...] = ()
    """The models above it that have tables of their own."""


class _Models:
    """The models of one module."""

    def __init__(self, code: Code, app: str, dialect: str) -> None:
        self.code, self.app, self.dialect = code, app, dialect
        self._shapes: dict[str, _Shape] = {}
        self.read = 0

    def declared(self, name: str) -> Iterator[Declaration]:
        """Yield the tables of a class."""
        shape = self._shape(name, 0)
        options = self._options(name)
        if not shape.is_model or self.code.flag(options.get("abstract")) or self.code.flag(options.get("proxy")):
            return
        model = self._model(name)
        place = self.code.document.location(_name_span(self.code, self.code.classes[name]))
        fields: list[Field] = []
        complete = shape.complete
        self.read += len(shape.fields)
        for field_name, (code, node) in shape.fields.items():
            field = read_field(code, field_name, node, model, self.dialect, self._known)
            if field is not None:
                fields.append(field)
            elif not is_virtual(code, node):
                complete = False
        for parent in shape.parents:
            above = self._model(parent)
            column = Column(f"{above.name}_ptr_id", None, False, location=place, field=f"{above.name}_ptr")
            keys = (
                Key(KeyKind.PRIMARY, (column.name,), location=place),
                Key(KeyKind.FOREIGN, (column.name,), above.table, location=place),
            )
            fields.insert(0, Field(f"{above.name}_ptr", column, keys))
        if complete and not any(key.kind is KeyKind.PRIMARY for field in fields for key in field.keys):
            # Its type is a setting of the project.
            own = Column("id", None, False, location=place, generated=True)
            fields.insert(0, Field("id", own, (Key(KeyKind.PRIMARY, ("id",), location=place),)))
        table = table_of_model(self.code, model, fields, options, place, self.dialect, complete=complete)
        table = replace(table, columns=with_primary_key(dict(table.columns), table.keys))
        yield Declaration(table, Origin.MODEL)
        for field in fields:
            if field.many is not None:
                yield Declaration(field.many, Origin.MODEL)

    def _model(self, name: str) -> Model:
        options = self._options(name)
        label = self.code.text(options.get("app_label"))
        return Model((label or self.app).lower(), name.lower(), self.code.text(options.get("db_table")) or "")

    def _known(self, path: str) -> Model | None:
        """Give the model that a name of the module stands for; of an imported one the package before `models` is the app."""
        if path in self.code.classes:
            return self._model(path)
        inside = path.lstrip(".")
        parts = inside.split(".")
        if inside != path:
            # One dot is the package that the file stands in.
            parts = [*self.code.document.source.path.split("/")[: len(inside) - len(path)], *parts]
        if "models" not in parts[1:-1]:
            return None
        return Model(parts[len(parts) - 2 - parts[::-1].index("models", 1)].lower(), parts[-1].lower())

    def _options(self, name: str) -> Mapping[str, ast.expr]:
        for item in self.code.classes[name].body:
            if isinstance(item, ast.ClassDef) and item.name == "Meta":
                pairs = (part for part in item.body if isinstance(part, ast.Assign) and len(part.targets) == 1)
                return {part.targets[0].id: part.value for part in pairs if isinstance(part.targets[0], ast.Name)}
        return {}

    def _shape(self, name: str, depth: int) -> _Shape:
        known = self._shapes.get(name)
        if known is None:
            self._shapes[name] = _Shape(False, False, {})  # what a class finds that stands above itself
            known = self._shapes[name] = self._work_out(name, depth)
        return known

    def _work_out(self, name: str, depth: int) -> _Shape:
        node = self.code.classes[name]
        is_model, complete = False, depth < _DEEPEST
        fields: dict[str, tuple[Code, ast.expr]] = {}
        parents: list[str] = []
        for base in reversed(node.bases):
            path = self.code.path(base.value if isinstance(base, ast.Subscript) else base)
            if path in _MODEL:
                is_model = True
            elif path in self.code.classes and depth < _DEEPEST:
                above = self._shape(path, depth + 1)
                is_model, complete = is_model or above.is_model, complete and above.complete
                options = self._options(path)
                if not above.is_model or self.code.flag(options.get("abstract")):
                    fields.update(above.fields)
                    parents += above.parents
                elif not self.code.flag(self._options(name).get("proxy")):
                    parents.append(path)
            elif path not in _PLAIN_BASES:
                complete = False
        inner = self.code.in_body(node.body)
        own: dict[str, tuple[Code, ast.expr]] = {}
        for statement in node.body:
            match statement:
                case (
                    ast.Assign(targets=[ast.Name(id=field)], value=value)
                    | ast.AnnAssign(target=ast.Name(id=field), value=ast.expr() as value)
                ):
                    if isinstance(value, ast.Call) and field_kind(inner, value):
                        own[field] = (inner, value)
                    elif self.code.is_none(value):
                        fields.pop(field, None)
        fields.update(own)
        if not is_model and not complete:
            # A base that stands elsewhere is a model if this class has fields of one.
            is_model = any(self.code.path(call.func).startswith("django.") for _, call in _calls(own))
        return _Shape(is_model, complete, fields, tuple(parents))


def _calls(fields: Mapping[str, tuple[Code, ast.expr]]) -> Iterator[tuple[str, ast.Call]]:
    for name, (code, node) in fields.items():
        if isinstance(node, ast.Call):
            path = code.path(node.func)
            if ".models." in path or path.startswith("django.contrib.postgres"):
                yield name, node


def _name_span(code: Code, node: ast.ClassDef) -> Span:
    span = code.document.span(node)
    start = code.document.text.find(node.name, span.start, span.end)
    return Span(start, start + len(node.name)) if start >= 0 else span
