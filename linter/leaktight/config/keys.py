"""The keys of the configuration: what each may be and what it does. The JSON schema is made of this one list."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from leaktight.config.settings import DIALECT_ALIASES, DIALECTS
from leaktight.config.shapes import (
    ByGlob,
    ByName,
    Choice,
    Json,
    Number,
    Shape,
    Strings,
    Table,
    Text,
    check_glob,
    listed,
    near,
)
from leaktight.config.value import Problems, Value
from leaktight.lazy import record

if TYPE_CHECKING:
    from leaktight.rule import Rule

Rules = Mapping[str, "type[Rule]"]


@record(frozen=True)
class _Dialect:
    """A dialect, or `auto`, which is held as the empty string."""

    def read(self, key: str, value: Value, problems: Problems) -> str | None:
        if isinstance(value.data, str):
            if value.data == "auto":
                return ""
            if value.data in DIALECTS:
                return value.data
            meant = DIALECT_ALIASES.get(value.data.lower(), value.data.lower())
            hint = near(meant, ("auto", *DIALECTS)) or f" There are {listed(('auto', *DIALECTS), 'and')}."
            problems.say(value.place, f"`{key}`: There is no dialect `{value.data}`.{hint}")
        else:
            problems.say(value.place, f"`{key}` must be the name of a dialect, not {value.kind}.")
        return None

    def schema(self) -> Json:
        return {"enum": ["auto", *DIALECTS]}


@record(frozen=True)
class _DialectPolicy:
    """A dialect for all files, or one by glob with `default` for the rest."""

    def read(self, key: str, value: Value, problems: Problems) -> tuple[tuple[str, str], ...] | None:
        if not isinstance(value.data, Mapping):
            dialect = _Dialect().read(key, value, problems)
            return None if dialect is None else (("default", dialect),)
        return ByGlob(_Dialect()).read(key, value, problems)

    def schema(self) -> Json:
        return {"anyOf": [_Dialect().schema(), ByGlob(_Dialect()).schema()]}


@record(frozen=True)
class _Prices:
    """One price for all engines, or one by dialect with `default` for the rest."""

    def read(self, key: str, value: Value, problems: Problems) -> tuple[tuple[str, float], ...] | None:
        if not isinstance(value.data, Mapping):
            price = _PRICE.read(key, value, problems)
            return None if price is None else (("default", price),)
        return ByName(_PRICE, "dialects", self._check).read(key, value, problems)

    def _check(self, name: str) -> str:
        if name in ("default", *DIALECTS):
            return ""
        hint = near(DIALECT_ALIASES.get(name.lower(), name.lower()), ("default", *DIALECTS))
        return f"There is no dialect `{name}`.{hint or ' There are ' + listed(DIALECTS, 'and') + '.'}"

    def schema(self) -> Json:
        prices = {name: _PRICE.schema() for name in ("default", *DIALECTS)}
        by_dialect: Json = {"type": "object", "properties": prices, "additionalProperties": False}
        return {"anyOf": [_PRICE.schema(), by_dialect]}


_PRICE = Number("a price: a number that is not below zero", whole=False)
_UNITS = {"bytes": 1, "kB": 10**3, "KB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12, "PB": 10**15,
          "KiB": 2**10, "MiB": 2**20, "GiB": 2**30, "TiB": 2**40, "PiB": 2**50}  # fmt: skip
_STATISTICS = Table(
    "a figure of a table",
    {
        "rows": (Number("a whole number"), "How many rows there are, about."),
        "bytes": (
            Number("a number of bytes such as 5000000 or `736 GB`", units=_UNITS),
            "How many bytes they take, before compression where the engine bills those; with a unit as in `736 GB`.",
        ),
        "partitions": (Number("a whole number"), "How many partitions there are."),
    },
)


@record(frozen=True)
class _RuleOptions:
    """Options by rule and name. Without `rules`, names and types are left for later."""

    rules: Rules | None

    def read(self, key: str, value: Value, problems: Problems) -> Mapping[str, Mapping[str, Any]] | None:
        if not isinstance(value.data, Mapping):
            problems.say(value.place, f"`{key}` must be a mapping from rules to their options, not {value.kind}.")
            return None
        found: dict[str, dict[str, Any]] = {}
        for name, options in value.data.items():
            wrong = _unknown_rule(name, self.rules, groups=False)
            if wrong:
                problems.say(options.place, f"`{key}`: {wrong}")
            elif not isinstance(options.data, Mapping):
                problems.say(options.place, f"`{key}.{name}` must be a mapping of options, not {options.kind}.")
            else:
                found[name] = {option: _plain(item) for option, item in options.data.items()}
                self._check(name, options.data, problems)
        return found

    def _check(self, name: str, options: Mapping[str, Value], problems: Problems) -> None:
        if self.rules is None:
            return
        from leaktight.registry import InvalidOption, make_rule

        for option, item in options.items():
            try:
                make_rule(self.rules[name], {option: _plain(item)})
            except InvalidOption as error:
                problems.say(item.place, f"{_sentence(str(error))}")

    def schema(self) -> Json:
        properties = {name: _options_schema(rule) for name, rule in (self.rules or {}).items()}
        return {"type": "object", "properties": properties, "additionalProperties": False}


def _sentence(message: str) -> str:
    """Give a message of the registry as a whole sentence."""
    message, _, question = message.partition("; did you mean")
    return f"{message[:1].upper()}{message[1:]}.{f' Did you mean{question}' if question else ''}"


def _plain(value: Value) -> Any:
    if isinstance(value.data, tuple):
        return [_plain(item) for item in value.data]
    if isinstance(value.data, Mapping):
        return {name: _plain(item) for name, item in value.data.items()}
    return value.data


def _unknown_rule(name: str, rules: Rules | None, *, groups: bool = True) -> str:
    """Say what is wrong with the name of a rule or group, or nothing; without `rules` nothing is."""
    if rules is None:
        return ""
    from leaktight.registry import UnknownRule, check_name
    from leaktight.registry import groups as all_groups

    if not groups and name in all_groups():
        return f"`{name}` is a group of rules and has no options."
    try:
        check_name(name, rules)
    except UnknownRule as error:
        return _sentence(str(error))
    return ""


_JSON_TYPES: Mapping[object, Json] = {
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    float: {"type": "number"},
    str: {"type": "string"},
    tuple[str, ...]: {"type": "array", "items": {"type": "string"}},
}


def _options_schema(rule: type[Rule]) -> Json:
    types = rule.option_types()
    properties = {
        name: {
            "description": item.metadata["help"],
            **_JSON_TYPES[types[name]],
            "default": list(item.default) if isinstance(item.default, tuple) else item.default,
        }
        for name, item in rule.options().items()
    }
    return {
        "description": rule.summary(),
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
    }


def _version(text: str) -> tuple[int, ...]:
    if not re.fullmatch(r"\d{1,4}(\.\d{1,6}){1,3}", text):
        raise ValueError("a version has at least two numbers with a period between them")
    return tuple(int(part) for part in text.split("."))


_ENGINE_NAMES = {
    "postgres": "PostgreSQL", "mysql": "MySQL", "mariadb": "MariaDB", "tsql": "SQL Server", "oracle": "Oracle",
}  # fmt: skip
_ENGINES = {"postgres": 14, "mysql": '"8.0.29"', "mariadb": '"10.6"', "tsql": 16, "oracle": 19}
"""The engines whose versions matter, each with an example."""


@record(frozen=True)
class _EngineVersion:
    """A version of a database: 14 or "8.0.29"; as a number 10.10 would be 10.1."""

    def read(self, key: str, value: Value, problems: Problems) -> tuple[int, ...] | None:
        data = value.data
        text = str(data) if isinstance(data, (str, int)) and not isinstance(data, bool) else ""
        if not re.fullmatch(r"\d{1,4}(\.\d{1,6}){0,3}", text):
            quotes = " Write it in quotes." if isinstance(data, float) else ""
            problems.say(value.place, f'`{key}` must be a version such as 14 or "8.0.29", not {value.kind}.{quotes}')
            return None
        return tuple(int(part) for part in text.split("."))

    def schema(self) -> Json:
        pattern = r"^\d{1,4}(\.\d{1,6}){0,3}$"
        return {"anyOf": [{"type": "integer", "minimum": 0}, {"type": "string", "pattern": pattern}]}


def _check_mark(mark: str) -> str:
    """Say what is wrong with the name of a migration, or nothing."""
    if not mark.strip("/ "):
        return "The name of a migration is empty; write its file name, its number, or its revision."
    if any(sign in mark for sign in "*?["):
        return (
            f"`{mark}` is a glob; write the file name, the number or the revision of the last migration that has run."
        )
    return ""


def top(rules: Rules | None) -> Table:
    """Give the whole configuration's shape. Without `rules`, their names and options are not checked."""

    def names() -> Json:
        if rules is None:
            return {"type": "string"}
        from leaktight.registry import groups

        return {"enum": [*groups(), *rules]}

    selection = Strings("names of rules or groups", lambda name: _unknown_rule(name, rules), names)
    globs = Strings("globs", check_glob)
    words = Strings("strings")
    level = Choice(("error", "warning", "note"))
    keys: dict[str, tuple[Shape, str]] = {
        "dialect": (
            _DialectPolicy(),
            "The SQL dialect: one, `auto` to detect it, or one by glob: the first match holds, `default` is the rest.",
        ),
        "select": (selection, "The rules and groups to run, in place of those that are on by default."),
        "extend-select": (selection, "Rules and groups to run besides."),
        "ignore": (selection, "Rules and groups not to run."),
        "per-path": (
            ByGlob(
                Table(
                    "a setting of `per-path`",
                    {
                        "select": (selection, "The rules and groups to run on these files, in place of all others."),
                        "extend-select": (selection, "Rules and groups to run on these files besides."),
                        "ignore": (selection, "Rules and groups not to run on these files."),
                    },
                )
            ),
            "What is selected otherwise for the files that a glob matches. All globs that match a file hold, in order.",
        ),
        "rules": (_RuleOptions(rules), "The options of rules."),
        "exclude": (
            globs,
            "Files and directories not to look at, besides those left out already; `!vendor/` takes one back in.",
        ),
        "catalog": (
            Table(
                "a setting of `catalog`",
                {
                    "ddl": (globs, "Files that are read for their tables though they are ignored or excluded."),
                    "files": (
                        globs,
                        "Further files that describe tables, ignored or not: snapshots, dumps of an `information_schema`.",
                    ),
                    "exclude": (globs, "Files whose tables are not believed: fixtures, old dumps."),
                    "search-path": (
                        words,
                        "The schemas in which a name without one is looked for, the first first, where no statement says it.",
                    ),
                    "statistics": (
                        ByName(_STATISTICS, "the names of tables"),
                        "How much tables hold, by name, where no source says it.",
                    ),
                },
            ),
            "Where the project's tables are read from.",
        ),
        "dynamodb": (
            Table(
                "a setting of `dynamodb`",
                {
                    "tenant_keys": (words, "The attributes that tell one tenant's items from another's."),
                    "shared_tables": (words, "The tables that hold no tenant's items."),
                },
            ),
            "What cannot be read from the code about the project's DynamoDB tables.",
        ),
        "star": (
            Table(
                "a setting of `star`",
                {
                    "facts": (words, "Globs of the names of fact tables, besides `fact_*`, `fct_*` and the like."),
                    "dimensions": (words, "Globs of the names of dimensions, besides `dim_*` and the like."),
                    "valid_from": (
                        words,
                        "Columns that say from when a version of a row holds, besides `valid_from`, …",
                    ),
                    "valid_to": (words, "Columns that say until when a version of a row holds, besides `valid_to`, …"),
                    "current": (words, "Columns that mark the version that holds now, besides `is_current`, …"),
                },
            ),
            "How facts, dimensions and the columns of their versions are called, where no usual name says so.",
        ),
        "airflow": (
            Text('a version such as "2.9"', _version, r"^\d{1,4}(\.\d{1,6}){1,3}$"),
            "The version of Airflow that runs the DAGs; left out, it is read from the requirements files.",
        ),
        "engine-versions": (
            Table(
                "an engine of `engine-versions`",
                {
                    name: (_EngineVersion(), f"The version of {_ENGINE_NAMES[name]}, such as {shown}.")
                    for name, shown in _ENGINES.items()
                },
            ),
            "The versions of the databases that migrations run on, which decide what is locked; left out, PostgreSQL is 14.",
        ),
        "migrations": (
            Table(
                "a setting of `migrations`",
                {
                    "start-after": (
                        Strings("names or numbers of migrations, in quotes", _check_mark),
                        "The last migrations that have run everywhere: what they and those before them do once is not told.",
                    ),
                },
            ),
            "Which migrations are history.",
        ),
        "price-per-tb": (
            _Prices(),
            "What the engine takes for reading a terabyte (10^12 bytes): one number, or one by dialect, `default` for the rest.",
        ),
        "not-analysed": (
            Choice(("error", "warn", "ignore")),
            "What a file or statement that was not analysed means: exit code 1, a warning, or nothing.",
        ),
        "fail-level": (level, "The lowest severity that makes the exit code 1."),
    }
    return Table("a setting", keys)
