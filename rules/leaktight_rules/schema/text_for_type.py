"""A value kept as text for which the engine has a type."""

from __future__ import annotations

from collections.abc import Iterator

from leaktight import (
    Bad,
    Category,
    Column,
    Finding,
    Fix,
    Good,
    Severity,
    Table,
    TableDeclaration,
    TableRule,
    TypeFamily,
    column_types,
    ddl,
    listed,
    wording,
    words_of,
)

_HAS_UUID = frozenset({"postgres", "tsql", "duckdb", "clickhouse", "trino"})
_NO_DATES = frozenset({"sqlite"})
_NO_BOOLEAN = frozenset({"oracle", "sqlite", "teradata"})
_UUID_LENGTHS = frozenset({36, 38})
"""Lengths that nobody gives to any other text; 32 is as likely a round number."""
_DAYS = frozenset({"date", "datetime", "timestamp", "dob", "birthdate", "birthday"})
_PARTICIPLES = frozenset(
    """created updated modified deleted inserted loaded expires expired started finished ended completed sent received
    published uploaded processed closed opened ordered paid shipped delivered""".split()
)
_NO_DAYS = frozenset(
    """format text str string label name original source display raw range type pattern approximate approx partial verbatim
    literal description formatted human zone timezone expression year release id""".split()
)
_FLAGS = frozenset({"is", "has", "should", "was"})
_NUMBERS = frozenset({"quantity", "qty", "count", "price", "amount"})
_SHORTEST_UUID = 22
_LONGEST_UUID = 45
_ROOM_FOR_A_LIST = 20
_MANY = frozenset({"tags", "ids", "uuids", "csv"})
_VENDORS = (
    "github", "gitlab", "stripe", "slack", "google", "facebook", "twitter", "aws", "azure", "apple", "microsoft", "paypal",
    "salesforce", "hubspot", "zendesk", "shopify", "twilio", "mailchimp", "sendgrid", "jira", "asana", "okta", "auth0",
)  # fmt: skip
"""Whose identifiers are what they say they are."""
_FOREIGN = frozenset(
    {
        "external",
        "ext",
        "remote",
        "upstream",
        "raw",
        "original",
        "legacy",
        "source",
        "vendor",
        "import",
        "imported",
        *_VENDORS,
    }
)


class TextForType(TableRule):
    """A UUID, a date, a flag, a number or a list is kept as text.

    Text takes anything: `2024-02-31`, `n/a`, a UUID in two spellings. It sorts and compares letter by letter, so `'9'` comes
    after `'10'`; every query casts, and a cast in a filter keeps index and statistics out. A UUID as text takes twice the
    space, in each index again. A list in one column can be neither joined nor checked.

    Use the type: `uuid`, `date`, `timestamptz`, `boolean`, `numeric(12, 2)`; for a list an array or a table of its own.

    Told from names that say plainly what they hold, with a type that fits: `order_uuid text unique`, `user_id varchar(36)`,
    `birth_date varchar(10)`, `is_active varchar(5)`, `quantity text`, `tags text`. Left alone: staging and raw tables,
    columns that keep what somebody else delivered (`external_date`), tables that note of each row the file it was read from
    or when it was extracted (`file_path`, `extracted_at`), the `uuid` that a log notes and no index has, the id of the run
    that wrote a row (`job_id` beside `job_by`), columns with a check or whose default is no UUID (`'main'`), a UUID in a text
    of any length that no key or index has, and types that the engine lacks (SQLite has none for dates, MySQL none for a
    UUID).
    """

    name = "text-for-type"
    category = Category.SCHEMA
    severity = Severity.NOTE
    examples = (
        Bad(
            """
            create table sessions (id bigint primary key, user_id varchar(36) not null);
                                                          ^^^^^^^ `user_id` is a UUID in `VARCHAR(36)`
            """,
            dialect="postgres",
        ),
        Bad(
            """
            create table people (id bigint primary key, birth_date text, is_active varchar(5), tags text);
                                                        ^^^^^^^^^^ `birth_date`, `is_active` and `tags` are kept as text
            """,
            dialect="postgres",
        ),
        Bad(
            """
            create table lines (id bigint primary key, quantity varchar(20));
                                                       ^^^^^^^^ `quantity` is a number in `VARCHAR(20)`
            """,
            dialect="mysql",
        ),
        Good("create table people (id uuid primary key, birth_date date, is_active boolean);", dialect="postgres"),
        Good(
            "create table tracks (id integer primary key, created_date text);", dialect="sqlite", note="No such type."
        ),
        Good(
            "create table order_log (id bigint primary key, order_id bigint, uuid text);",
            dialect="postgres",
            note="A label.",
        ),
        Good("create table raw_people (id bigint, birth_date text);", dialect="postgres"),
        Good(
            "create table people (id bigint primary key, is_active varchar(1), file_path text, job_id varchar(36));",
            dialect="postgres",
            note="The rows are those of a file.",
        ),
        Good(
            "create table people (id bigint primary key, name text, job_id varchar(36), job_by text, job_at timestamptz);",
            dialect="postgres",
            note="The run that wrote the row.",
        ),
        Good("create table imports (id bigint primary key, date_format text, external_date text);", dialect="postgres"),
        Good(
            """
            create table people (id bigint primary key, birth_date text);
            alter table people alter column birth_date type date using birth_date::date;
            """,
            dialect="postgres",
        ),
    )

    def check(self, declared: TableDeclaration) -> Iterator[Finding]:
        """Yield one finding for the columns of a table that hold something else than text."""
        table = declared.table
        if declared.path.fixture or declared.passes or table.derived or table.kind != "table" or _is_delivered(table):
            return
        checked = " ".join(check.condition.lower() for check in table.checks)
        found = [
            (column, kind)
            for column in table.columns.values()
            if column.name.lower() not in checked and (kind := _holds(column, table))
        ]
        if not found:
            return
        first, kind = found[0]
        names = [column.name for column, _ in found]
        if len(found) == 1:
            message = f"`{first.name}` is {kind[0]} in `{first.type}`: anything may be written to it"
        else:
            message = f"{listed(names, 5)} are kept as text: anything may be written to them"
        covers = declared.spans(column for column, _ in found[1:])
        title = "; ".join(f"make `{column.name}` {kind[1]}" for column, kind in found[:5])
        changes = (
            statement
            for column, kind in found
            if kind[1] in _TYPES
            for statement in ddl.set_type(table, column, _TYPES[kind[1]].get(table.dialect, kind[1].strip("`")))
        )
        fix = Fix.ddl(*changes, title=title, otherwise=title)
        yield Finding(declared.at(first.location), message, fix=fix, covers=covers, habit=True)


_TYPES = {
    "`uuid`": {"tsql": "UNIQUEIDENTIFIER"},
    "`date`": {},
    "`boolean`": {"tsql": "BIT"},
}
"""The types that columns are given, and what dialects call them."""


_FLATTENED = 4
_EXTRACTED = frozenset({"extracted", "extraction", "ingested", "ingestion"})
_WHEN = frozenset({"at", "on", "date", "datetime", "dtm", "time", "timestamp", "ts"})
_FILES = (["file", "path"], ["file", "name"], ["source", "file"])
_RUNS = frozenset({"job", "run", "batch", "load", "execution", "pipeline"})


def _is_delivered(table: Table) -> bool:
    """Say whether each row notes which file it was read from, or when it was taken out of its source: its types are the source's.

    A file alone may be what the table is about, so another note of the load must stand beside it.
    """
    flat = sum("__" in column.name.strip("_") for column in table.columns.values())
    if flat > _FLATTENED:
        return True  # what was a document is taken apart by its paths: `author__created_at`
    said = [words_of(column.name) for column in table.columns.values()]
    extracted = any(not _EXTRACTED.isdisjoint(words) and words[-1] in _WHEN for words in said)
    loaded = extracted or any(not _RUNS.isdisjoint(words[:2]) for words in said)
    return extracted or (loaded and any(words[-2:] in _FILES for words in said))


def _is_of_run(column: Column, table: Table) -> bool:
    """Say whether a column notes which run wrote the row: others beside it say when and by whom, and no key or index has it."""
    words = words_of(column.name)
    if len(words) < 2 or words[-2] not in _RUNS or words[-1] != "id":
        return False
    if _is_looked_up(column, table):
        return False
    return any(
        other is not column and words_of(other.name)[: len(words) - 1] == words[:-1] for other in table.columns.values()
    )


def _is_label(column: Column, table: Table) -> bool:
    """Say whether a log only notes a `uuid`, of a request, say: no key or index has it, and nobody looks rows up by it."""
    if not wording.has_word(table.name.parts, wording.APPEND_ONLY) or words_of(column.name) not in (["uuid"], ["guid"]):
        return False
    return not _is_looked_up(column, table)


def _is_looked_up(column: Column, table: Table) -> bool:
    """Say whether a key or index has a column: rows are found by it, and each of its values stands there once more."""
    named = [key.columns for key in table.keys] + [index.columns for index in table.indexes]
    return any(column.name.lower() == name.lower() for columns in named for name in columns)


def _is_word(default: str | None) -> bool:
    """Say whether a default is a text that is no UUID: `'main'` for the shop that was there first."""
    text = (default or "").partition("::")[0].strip()
    return text.startswith("'") and 2 < len(text) < 32


def _holds(column: Column, table: Table) -> tuple[str, str] | None:
    """Give what a text column holds by its name, and the type for it."""
    if column_types.family(column.type, table.dialect) is not TypeFamily.TEXT or column.generated:
        return None
    dialect, words = table.dialect, words_of(column.name)
    length = column_types.length(column.type or "")
    if not words or _FOREIGN & set(words):
        return None
    last = words[-1]
    # The `guid` of a feed's entry is any text.
    if (
        dialect in _HAS_UUID
        and words != ["guid"]
        and (length is None or _SHORTEST_UUID <= length <= _LONGEST_UUID)
        and not _is_label(column, table)
        and not _is_word(column.default)
        and not _is_of_run(column, table)
        and (length in _UUID_LENGTHS or _is_looked_up(column, table))
        and ({"uuid", "guid"} & set(words[-2:]) or (last == "id" and length in _UUID_LENGTHS))
    ):
        return "a UUID", "`uuid`"
    # Whoever made room for a sentence did not mean a date.
    short = length is None or length <= 60
    dated = last in _DAYS or (last == "at" and len(words) > 1 and words[-2] in _PARTICIPLES)
    # Of a card the month is known: `12/2027`.
    of_card = bool({"cc", "card"} & set(words)) and bool({"expiration", "expiry", "expires"} & set(words))
    if dated and short and dialect not in _NO_DATES and not (_NO_DAYS & set(words) or of_card):
        return "a date", "`date`" if last in {"date", "dob", "birthdate", "birthday"} else "a timestamp"
    if words[0] in _FLAGS and len(words) > 1 and dialect not in _NO_BOOLEAN and (length is None or length <= 5):
        return "a yes or no", "`boolean`"
    if last in _NUMBERS and short and len(words) <= 2:
        return "a number", "a number"
    if (
        last in _MANY
        and (length is None or length >= _ROOM_FOR_A_LIST)
        and column_types.bare(column.type or "") not in {"CHAR", "NCHAR"}
    ):
        return "a list", "an array or a table of its own"
    return None
