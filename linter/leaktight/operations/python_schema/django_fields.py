"""Django's fields, constraints and indexes, in models and in migrations, in the words of PostgreSQL."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from dataclasses import replace

from leaktight.catalog.table import Column, Index, Key, KeyKind, Table, TableName
from leaktight.diagnostics import Location
from leaktight.lazy import record
from leaktight.operations.python_schema.code import Arguments, Code, plain_arguments
from leaktight.operations.python_schema.django_conditions import condition_of
from leaktight.operations.python_schema.user_model import NAMED_BY_SETTING

_PLAIN: Mapping[str, str] = {
    "AutoField": "INTEGER", "BigAutoField": "BIGINT", "SmallAutoField": "SMALLINT", "BigIntegerField": "BIGINT",
    "BinaryField": "BYTEA", "BooleanField": "BOOLEAN", "NullBooleanField": "BOOLEAN", "DateField": "DATE",
    "DateTimeField": "TIMESTAMP WITH TIME ZONE", "DurationField": "INTERVAL", "FloatField": "DOUBLE PRECISION",
    "IntegerField": "INTEGER", "GenericIPAddressField": "INET", "IPAddressField": "INET", "JSONField": "JSONB",
    "PositiveBigIntegerField": "BIGINT", "PositiveIntegerField": "INTEGER", "PositiveSmallIntegerField": "SMALLINT",
    "SmallIntegerField": "SMALLINT", "TextField": "TEXT", "TimeField": "TIME", "UUIDField": "UUID",
    "HStoreField": "HSTORE", "SearchVectorField": "TSVECTOR", "CITextField": "CITEXT", "CICharField": "CITEXT",
    "CIEmailField": "CITEXT", "IntegerRangeField": "INT4RANGE", "BigIntegerRangeField": "INT8RANGE",
    "DecimalRangeField": "NUMRANGE", "DateTimeRangeField": "TSTZRANGE", "DateRangeField": "DATERANGE",
}  # fmt: skip
_TEXTS: Mapping[str, int | None] = {
    "CharField": None, "CommaSeparatedIntegerField": None, "EmailField": 254, "URLField": 200, "SlugField": 50,
    "FileField": 100, "ImageField": 100, "FilePathField": 100,
}  # fmt: skip
"""Fields of limited text, with the limit that they have by default."""
_ON_MYSQL: Mapping[str, str] = {
    "TIMESTAMP WITH TIME ZONE": "DATETIME(6)", "BYTEA": "LONGBLOB", "TEXT": "LONGTEXT", "JSONB": "JSON", "UUID": "CHAR(32)",
    "DOUBLE PRECISION": "DOUBLE", "INTERVAL": "BIGINT", "INET": "CHAR(39)", "BOOLEAN": "BOOL", "TIME": "TIME(6)",
}  # fmt: skip
_COUNTING = frozenset({"AutoField", "BigAutoField", "SmallAutoField"})
_TO_ONE = frozenset({"ForeignKey", "OneToOneField", "ParentalKey", "TreeForeignKey"})
_TO_MANY = frozenset({"ManyToManyField", "ParentalManyToManyField", "SortedManyToManyField"})
_DEEPEST = 4
MODEL_OF_CLASS = Callable[[str], "Model | None"]
"""Gives the model that a class's name in the code stands for; None where it is not known."""


@record(frozen=True, slots=True)
class Model:
    """A model by its app and its name, both in lower case; `named` is the table that it names itself, as it says it."""

    app: str
    name: str
    named: str = ""

    @property
    def label(self) -> str:
        """The name of its table unless it names one itself: `shop_order`."""
        return f"{self.app}_{self.name}"

    @property
    def table(self) -> TableName:
        """That name as a table's."""
        return TableName((self.label,))

    def of_many(self, field: str) -> str:
        """Give the name by which migrations mean the table of one of its many-to-many fields."""
        return f"{self.label}.{field}"


@record(frozen=True, slots=True)
class Field:
    """A field: its column with keys and index, or the table of a many-to-many field.

    `filled` says that Django gives the rows that are there a value when the field is added.
    """

    name: str
    column: Column | None = None
    keys: tuple[Key, ...] = ()
    index: Index | None = None
    many: Table | None = None
    filled: bool = False


def class_of(code: Code, node: ast.expr | None) -> str:
    """Give the last name of what a call calls, `CharField`, also of `ForeignKey["Order"](…)`; `""` if it is none."""
    function = node.func if isinstance(node, ast.Call) else None
    return code.last(function.value if isinstance(function, ast.Subscript) else function)


def field_kind(code: Code, node: ast.expr | None) -> str:
    """Give the class of a field from the call that makes it, `CharField`; `""` if it is none."""
    name = class_of(code, node)
    return name if name.endswith(("Field", "ForeignKey")) or name in _TO_ONE | {"CompositePrimaryKey"} else ""


def is_virtual(code: Code, node: ast.expr | None) -> bool:
    """Say whether a field has no column of its own: a generic relation, or a view of others such as django-prices' money."""
    if class_of(code, node).endswith(("GenericForeignKey", "GenericRelation", "ImageSpecField")):
        return True
    named = {item.arg or "" for item in node.keywords} if isinstance(node, ast.Call) else set()
    return "currency_field" in named and any(name.endswith("amount_field") for name in named)


def read_field(
    code: Code, name: str, node: ast.expr | None, model: Model, dialect: str, known: MODEL_OF_CLASS
) -> Field | None:
    """Read the field `name` of a model from the call that makes it; None where no column comes of it, or none is known."""
    if not isinstance(node, ast.Call):
        return None
    kind = class_of(code, node)
    found = Arguments(code, node, ("to",) if kind in _TO_ONE | _TO_MANY else ())
    if kind in _TO_MANY:
        return _many(code, name, found, model, dialect, known)
    if is_virtual(code, node):
        return None
    if kind == "CompositePrimaryKey":
        names = [code.text(item) for item in plain_arguments(node)]
        parts = tuple(part for part in names if part)
        whole = bool(parts) and len(parts) == len(node.args)
        return Field(name, keys=(Key(KeyKind.PRIMARY, parts, location=code.place(node)),)) if whole else None
    if kind == "GeneratedField":
        inner = code.value(found.get("output_field"))
        own = sql_type(code, inner, dialect) if isinstance(inner, ast.Call) else None
    else:
        own = sql_type(code, node, dialect)
    to_one = kind in _TO_ONE
    spelled = found.text("db_column") if "db_column" in found else None
    if spelled is None and "db_column" in found and not code.is_none(found.get("db_column")):
        return None
    pinned = spelled is not None
    spelled = spelled or (f"{name}_id" if to_one else name)
    place = code.place(node)
    primary = found.flag("primary_key") is True
    unique = found.flag("unique") is True or kind == "OneToOneField"
    keys: list[Key] = []
    if primary:
        keys.append(Key(KeyKind.PRIMARY, (spelled,), location=place))
    elif unique:
        keys.append(Key(KeyKind.UNIQUE, (spelled,), location=place))
    if to_one and found.flag("db_constraint") is not False:
        to = found.get("to")
        target = target_of(code, to, model, known)
        table = NAMED_BY_SETTING if is_user_model(code, to) else target.table if target is not None else None
        if table is not None:
            others = (other,) if (other := found.text("to_field")) else ()
            keys.append(Key(KeyKind.FOREIGN, (spelled,), table, others, location=place))
    indexed = found.flag("db_index") is True or (
        (to_one or kind == "SlugField") and found.flag("db_index") is not False and "db_index" not in found
    )
    column = Column(
        spelled,
        own,
        False if primary or "null" not in found else found.flag("null"),
        _database_default(code, found),
        found.text("db_comment"),
        place,
        generated=kind in _COUNTING or kind == "GeneratedField",
        field=name if pinned or name.lower() != spelled.lower() else None,
        chosen="choices" in found and not code.is_none(found.get("choices")),
        preset=code.written(found.get("default")),
    )
    index = Index(None, (spelled,), location=place) if indexed and not unique and not primary else None
    # What fields of other packages do is not known.
    filled = (
        "default" in found
        or (own is None and not to_one)
        or any(found.flag(word) for word in ("auto_now", "auto_now_add"))
    )
    filled = filled or (found.flag("blank") is True and (kind in _TEXTS or kind in {"TextField", "BinaryField"}))
    return Field(name, column, tuple(keys), index, filled=filled)


def sql_type(code: Code, node: ast.Call | None, dialect: str, depth: int = 0) -> str | None:
    """Give the type of a field's column; None for a relation, whose type is its target's, and where it is not known."""
    if node is None or depth > _DEEPEST:
        return None
    kind = class_of(code, node)
    found = Arguments(code, node)
    if kind in code.classes:
        return None
    if kind in _TEXTS:
        length = found.number("max_length") if "max_length" in found else _TEXTS[kind]
        if length is None and "max_length" in found and not code.is_none(found.get("max_length")):
            return None
        return f"VARCHAR({length})" if length is not None else "VARCHAR"
    if kind == "DecimalField":
        digits, places = found.number("max_digits"), found.number("decimal_places")
        return f"NUMERIC({digits},{places})" if digits is not None and places is not None else None
    if kind == "ArrayField":
        base = code.value(Arguments(code, node, ("base_field",)).get("base_field"))
        inner = sql_type(code, base, dialect, depth + 1) if isinstance(base, ast.Call) else None
        return f"{inner}[]" if inner is not None else None
    own = _PLAIN.get(kind)
    return _ON_MYSQL.get(own or "", own) if dialect == "mysql" else own


def _database_default(code: Code, found: Arguments) -> str | None:
    node = code.value(found.get("db_default"))
    if node is None:
        return None
    if isinstance(node, ast.Call):
        if code.last(node.func) == "Value" and node.args:
            node = code.value(node.args[0])
        else:
            return {"Now": "now()", "CurrentTimestamp": "now()", "RandomUUID": "gen_random_uuid()"}.get(
                code.last(node.func)
            )
    value = node.value if isinstance(node, ast.Constant) else None
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return str(value).lower() if isinstance(value, bool | int | float) else None


def is_user_model(code: Code, node: ast.expr | None) -> bool:
    """Say whether a relation leads to the model that the settings name: `settings.AUTH_USER_MODEL`, `get_user_model()`."""
    node = code.value(node)
    if isinstance(node, ast.Call):
        return code.path(node.func) == "django.contrib.auth.get_user_model"
    return code.path(node) == "django.conf.settings.AUTH_USER_MODEL"


def target_of(code: Code, node: ast.expr | None, model: Model, known: MODEL_OF_CLASS) -> Model | None:
    """Give the model that a relation leads to: `"shop.Customer"`, `"Customer"`, `"self"`, a class."""
    text = code.text(node)
    if text is not None:
        app, dot, name = text.rpartition(".")
        if text == "self":
            return model
        return Model(app.lower() if dot else model.app, name.lower())
    if isinstance(node, ast.Name | ast.Attribute):
        return known(code.path(node))
    return None


def _many(code: Code, name: str, found: Arguments, model: Model, dialect: str, known: MODEL_OF_CLASS) -> Field | None:
    """Give the table of a many-to-many field, unless a model of its own is that table."""
    target = target_of(code, found.get("to"), model, known)
    if "through" in found and not code.is_none(found.get("through")):
        return Field(name)
    place = code.place(found.call)
    own = model.name
    sides = [(f"{own}_id", model)]
    if target is not None:
        itself = target.label == model.label
        sides = [(f"from_{own}_id" if itself else f"{own}_id", model), (f"{'to_' * itself}{target.name}_id", target)]
    columns = (
        Column("id", None, False, location=place, generated=True),
        *(_side(column, place) for column, _ in sides),
    )
    both = tuple(column for column, _ in sides)
    keys = [Key(KeyKind.PRIMARY, ("id",), location=place)]
    keys += [Key(KeyKind.UNIQUE, both, location=place)] if target is not None else []
    keys += [Key(KeyKind.FOREIGN, (column,), other.table, location=place) for column, other in sides]
    named = found.text("db_table")
    table = Table(
        name_of_table(named or f"{model.named or model.label}_{name}"),
        {column.name: column for column in columns},
        tuple(keys),
        # That of the first side is left out: the key serves what it serves, and no code can keep Django from making it.
        tuple(Index(None, (column,), location=place) for column in (both[1:] if target is not None else both)),
        complete=target is not None,
        dialect=dialect,
        location=place,
        model=model.of_many(name),
    )
    return Field(name, many=table)


def _side(name: str, place: Location) -> Column:
    return Column(name, None, False, location=place)


def name_of_table(text: str) -> TableName:
    """Give the table that `db_table` names: `shop"."orders` is the way that Django lets a schema be named."""
    return TableName(tuple(part.strip('"') for part in text.split('"."')))


# Constraints and indexes


def read_index(code: Code, node: ast.expr | None) -> Index | None:
    """Read `models.Index(fields=["created"], name="…")`; None where its columns are not known."""
    node = code.value(node)
    if not isinstance(node, ast.Call) or not code.last(node.func).endswith("Index"):
        return None
    found = Arguments(code, node)
    kind = code.last(node.func)
    methods = {
        "GinIndex": "gin", "GistIndex": "gist", "BrinIndex": "brin", "HashIndex": "hash", "BTreeIndex": "btree",
        "SpGistIndex": "spgist", "BloomIndex": "bloom",
    }  # fmt: skip
    columns = _elements(code, found)
    if not columns:
        return None
    return Index(
        found.text("name"),
        columns,
        predicate=condition_of(code, found.get("condition")),
        method=methods.get(kind),
        included=found.texts("include") or (),
        location=code.place(node),
    )


def read_unique(code: Code, node: ast.expr | None) -> Key | Index | None:
    """Read `models.UniqueConstraint(…)`: a key, or a unique index where it has a condition or expressions."""
    node = code.value(node)
    if not isinstance(node, ast.Call) or code.last(node.func) != "UniqueConstraint":
        return None
    found = Arguments(code, node)
    columns = _elements(code, found)
    if not columns:
        return None
    place, name = code.place(node), found.text("name")
    if found.get("condition") is None and not node.args:
        return Key(KeyKind.UNIQUE, columns, location=place, name=name)
    predicate = condition_of(code, found.get("condition"))
    return Index(name, columns, unique=True, predicate=predicate, location=place)


def _elements(code: Code, found: Arguments) -> tuple[str, ...]:
    fields = found.texts("fields")
    if fields:
        return tuple(name.lstrip("-") for name in fields)
    texts = [_expression(code, item) for item in plain_arguments(found.call)]
    return tuple(text for text in texts if text) if all(texts) else ()


def _expression(code: Code, node: ast.expr, depth: int = 0) -> str | None:
    node = code.value(node) or node
    text = code.text(node)
    if text is not None:
        return text.lstrip("-")
    if not isinstance(node, ast.Call) or depth > _DEEPEST:
        return None
    name = code.last(node.func)
    if isinstance(node.func, ast.Attribute) and node.func.attr in {"asc", "desc"}:
        return _expression(code, node.func.value, depth + 1)
    inner = _expression(code, node.args[0], depth + 1) if len(node.args) == 1 else None
    if inner is None or name in {"F", "OrderBy"}:
        return inner
    return f"{name.lower()}({inner})" if name in {"Lower", "Upper", "Trim", "Length", "MD5"} else None


def with_primary_key(columns: dict[str, Column], keys: tuple[Key, ...]) -> dict[str, Column]:
    """Give columns of which none that is in the primary key is nullable."""
    primary = {name.lower() for key in keys if key.kind is KeyKind.PRIMARY for name in key.columns}
    return {key: replace(column, nullable=False) if key in primary else column for key, column in columns.items()}
