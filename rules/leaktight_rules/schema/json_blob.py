"""A JSON column that nothing describes."""

from __future__ import annotations

from collections.abc import Iterator

from leaktight import (
    Bad,
    Category,
    Column,
    Finding,
    Fix,
    Good,
    Related,
    Severity,
    Table,
    TableDeclaration,
    TableRule,
    TypeFamily,
    column_types,
    listed,
    option,
    queried_keys,
    wording,
    words_of,
)

_WHOLE = frozenset("data payload body doc document contents blob json jsonb object record".split())
"""How the document is called that is all of the thing."""
_SAYS_NOTHING = _WHOLE | frozenset("content value info details detail attributes attrs stuff".split())
_OPAQUE = (
    "job", "jobs", "queue", "queues", "task", "tasks", "outbox", "inbox", "webhook", "webhooks", "cache", "session",
    "sessions", "snapshot", "snapshots", "state", "checkpoint", "checkpoints", "draft", "drafts", "settings", "setting",
    "config", "configs", "audit", "audits", "log", "logs", "history", "archive", "migration", "migrations", "schedule",
    "metadata", "batch", "dead", "run", "runs", "schema", "schemas", "template", "templates", "request", "response",
    "deleted", "archived", "submission", "submissions", "sent", "from", "inbound", "outbound", "received", "email", "emails", "webhook", "stats",
)  # fmt: skip
"""Words of tables that hand on what they do not read: a queue, a cache, a log of what came in."""
_HANDED_ON = frozenset(
    "retry retries attempt attempts queued enqueued webhook webhooks headers endpoint dequeued dispatched".split()
)
"""Words of columns that only such tables have, whatever they are called."""
_SIDE_NOTES = frozenset(
    """meta metadata extra custom raw settings config options old new before after error stats statistics cached translation
    translations i18n plugin args params arguments received returned generated airbyte response snapshot geometry geojson archive""".split()
)
_LANGUAGES = frozenset("query filter filters expression layout geometry geojson ast".split())
"""How a document is called that is one thing in a language of its own, which no columns could stand for."""
_NO_FACTS = frozenset({TypeFamily.INSTANT, TypeFamily.DATE, TypeFamily.UUID, TypeFamily.JSON})


class JsonBlob(TableRule):
    """A JSON column holds the data of a table, and nothing says what stands in it.

    No type, no `NOT NULL` and no key holds inside a document. Producers rename a field, and the loads go on and write NULL;
    a number becomes a string, and sums lose rows; each reader finds out for itself which fields there are. Statistics and
    ordinary indexes do not reach into it either.

    Make columns of the fields that are filtered, joined or summed, and keep the rest: with a check (`check
    (jsonb_typeof(payload) = 'object' and payload ? 'user_id')`), or at least a comment that lists the keys.

    Where two of the project's queries or more choose, sort or group rows by a key, in SQL files, Python and JavaScript, the
    keys and the places are told, and on Postgres and MySQL the hint holds the columns that the engine works out from them.
    They are texts until you say otherwise; Postgres writes the table anew, and blocks it meanwhile.

    Told for columns whose name says nothing of what they hold, in a table whose queries go by their keys, or, where it is called
    `payload`, `data`, `body` and the like, that has nothing beside them but keys, kinds and times, and for a table that is nothing but a key and a
    document; with `strict` for every JSON column. Left alone: what a check or a comment describes, a `query` or `filter`, which is one thing,
    `metadata`, `settings` and the like, and tables that only hand documents on (queues, caches, logs, raw and staging
    tables, and by their columns those with a `retry_count` or `headers`). A comment in the source counts too: `payload jsonb
    -- see contracts/events.yaml`.
    """

    name = "json-blob"
    category = Category.SCHEMA
    severity = Severity.NOTE
    asks_for_reads = True
    examples = (
        Bad(
            """
            create table events (id uuid primary key, payload jsonb);
                                                      ^^^^^^^ `payload`, and queries go by its `user_id`: no field
            """,
            path="ddl/events.sql",
            dialect="postgres",
            files={
                "api/of_user.sql": "select id from events where payload ->> 'user_id' = $1;",
                "reports/users.sql": "select payload ->> 'user_id', count(*) from events group by payload ->> 'user_id';",
            },
        ),
        Bad(
            """
            create table user_events (event_id uuid primary key, payload jsonb);
                                                                 ^^^^^^^ nothing says what stands in `payload`
            """,
            dialect="postgres",
        ),
        Bad(
            """
            create table orders (
                id bigint primary key, customer_id bigint not null, total numeric(12, 2) not null, currency text not null,
                payload jsonb not null
                ^^^^^^^ nothing says what stands in `payload`
            );
            """,
            dialect="postgres",
            options={"strict": True},
        ),
        Bad(
            """
            create table orders (id bigint primary key, placed_at timestamptz, buyer text, terms jsonb);
                                                                                           ^^^^^ `terms`
            """,
            dialect="postgres",
            options={"strict": True},
        ),
        Good(
            "create table orders (id bigint primary key, total numeric(12, 2) not null, metadata jsonb);",
            dialect="postgres",
        ),
        Good(
            "create table events (id uuid primary key, payload jsonb not null check (payload ? 'user_id'));",
            dialect="postgres",
        ),
        Good(
            """
            create table events (id uuid primary key, payload jsonb not null);
            comment on column events.payload is 'user_id, page, referrer; see contracts/events.yaml.';
            """,
            dialect="postgres",
        ),
        Good(
            """
            create table events (
                id uuid primary key, payload jsonb not null,
                user_id bigint generated always as ((payload->>'user_id')::bigint) stored
            );
            """,
            dialect="postgres",
            note="A column tells what is read of it.",
        ),
        Good(
            "create table events (id uuid primary key, payload jsonb not null /* contracts/events.yaml */);",
            dialect="postgres",
        ),
        Good(
            "create table submissions (id uuid primary key, url text, payload jsonb, retry_count int not null default 0);",
            dialect="postgres",
            note="On its way elsewhere.",
        ),
        Good(
            """
            create table orders (
                id bigint primary key, buyer text not null, total numeric(12, 2) not null, country text, details jsonb
            );
            """,
            dialect="postgres",
            note="What the order is, its columns say.",
        ),
        Good(
            "create table searches (id bigint primary key, filter jsonb not null);",
            dialect="postgres",
            note="One thing.",
        ),
        Good("create table arrived (document jsonb);", dialect="postgres", note="Where documents land."),
        Good("create table job_queue (id bigint primary key, payload jsonb);", dialect="postgres"),
        Good("create table raw_events (id bigint primary key, payload jsonb);", dialect="postgres"),
    )

    strict: bool = option(False, "Ask it of every JSON column, whatever its name.")

    def check(self, declared: TableDeclaration) -> Iterator[Finding]:
        """Yield one finding for the JSON columns of a table that nothing describes."""
        table = declared.table
        if declared.path.fixture or declared.passes or table.derived or table.kind != "table":
            return
        if not self.strict and (
            wording.has_word(table.name.parts, _OPAQUE)
            or any(_HANDED_ON & set(words_of(column.name)) for column in table.columns.values())
        ):
            return
        found = self._undescribed(declared)
        keys = queried_keys(table, declared.reads, found) if found else ()
        if not self.strict and len(table.columns) > 2:
            says = any(_says_something(column, table) for column in table.columns.values())
            # What queries go by is missed whatever else the table holds.
            queried = {one.column.name for one in keys}
            found = [one for one in found if one.name in queried or (not says and _WHOLE & set(words_of(one.name)))]
        if not found:
            return
        names = listed(column.name for column in found)
        place = "it" if len(found) == 1 else "them"
        asked = ""
        if keys:
            asked = (
                f", and queries go by {'its' if len(found) == 1 else 'their'} {listed([one.key for one in keys], 3)}"
            )
        hint = "make columns of the fields that are queried; describe the rest by a check or a comment"
        yield Finding(
            declared.at(found[0].location),
            f"nothing says what stands in {names}{asked}: no field of {place} has a type, a check or a key",
            (
                *(Related(one.places[0], f"`{one.key}` of `{one.column.name}` is queried here") for one in keys[:5]),
                *declared.added_elsewhere(found[0]),
            ),
            Fix.ddl(*(line for one in keys for line in one.statements(table)), title=hint, otherwise=hint),
            covers=declared.spans(found[1:]),
        )

    def _undescribed(self, declared: TableDeclaration) -> list[Column]:
        """Give the documents whose name says nothing, or that are all there is beside a key, and that nothing describes."""
        columns = list(declared.table.columns.values())
        # What a generated column reads of a document is described by that column.
        read = [column.computed for column in columns if column.computed]
        checked = " ".join(text.lower() for text in (*(check.condition for check in declared.table.checks), *read))
        if len(columns) == 1 and not self.strict:
            return []  # where documents land, to be taken apart
        named = any(column.name.lower() in {"key", "name"} or _is_of_field(column) for column in columns)
        documents = [column for column in columns if column_types.family(column.type) is TypeFamily.JSON]
        lone = len(documents) == 1 and len(columns) <= 2

        def asks(column: Column) -> bool:
            says_nothing = (lone and column.name.lower() not in _LANGUAGES) or _SAYS_NOTHING & {
                column.name.lower(),
                *words_of(column.name)[-1:],
            }
            value = named and column.name.lower() == "value"
            return self.strict or (bool(says_nothing) and not value and not _is_side_note(column))

        return [
            column
            for column in documents
            if asks(column)
            and not column.comment
            and column.name.lower() not in checked
            and not declared.is_remarked(column)
        ]


def _is_of_field(column: Column) -> bool:
    """Say whether a column says which of the fields that somebody made up a value is of: `field_id`."""
    words = words_of(column.name)
    return words[-1:] == ["id"] and words[-2:-1] in (["field"], ["attribute"], ["property"], ["setting"], ["question"])


def _says_something(column: Column, table: Table) -> bool:
    """Say whether a column holds a fact of the thing itself, and neither names it nor says of what kind or when it is."""
    family, words = column_types.family(column.type, table.dialect), words_of(column.name)
    if family in _NO_FACTS or not words:
        return False
    kind = words[-1] in {"id", "uuid", "key", "type", "kind", "status", "state", "version", "at", "by", "name"}
    return not kind and not any(column.name in key.columns for key in table.keys)


def _is_side_note(column: Column) -> bool:
    """Say whether a name says that the document is beside the point: `metadata`, `extra_data`, `raw_body`."""
    return bool(_SIDE_NOTES & set(words_of(column.name)))
