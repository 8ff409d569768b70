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

_SAYS_NOTHING = frozenset(
    """data payload body doc document content contents blob json jsonb value object record info details detail attributes
    attrs stuff""".split()
)
_OPAQUE = (
    "job", "jobs", "queue", "queues", "task", "tasks", "outbox", "inbox", "webhook", "webhooks", "cache", "session",
    "sessions", "snapshot", "snapshots", "state", "checkpoint", "checkpoints", "draft", "drafts", "settings", "setting",
    "config", "configs", "audit", "audits", "log", "logs", "history", "archive", "migration", "migrations", "schedule",
    "metadata", "batch", "dead", "run", "runs", "schema", "schemas", "template", "templates", "request", "response",
)  # fmt: skip
"""Words of tables that hand on what they do not read: a queue, a cache, a log of what came in."""


class JsonBlob(TableRule):
    """A JSON column holds the data of a table, and nothing says what stands in it.

    No type, no `NOT NULL` and no key holds inside a document. Producers rename a field, and the loads go on and write NULL;
    a number becomes a string, and sums lose rows; each reader finds out for itself which fields there are. Statistics and
    ordinary indexes do not reach into it either.

    Make columns of the fields that are filtered, joined or summed, and keep the rest: with a check
    (`check (jsonb_typeof(payload) = 'object' and payload ? 'user_id')`), or at least a comment that lists the keys.

    Where two of the project's queries or more choose, sort or group rows by a key, in SQL files, Python and JavaScript, the keys and the
    places are told, and on Postgres and MySQL the hint holds the columns that the engine works out from them. They are
    texts until you say otherwise; Postgres writes the table anew, and blocks it meanwhile.

    Told for columns whose name says nothing of what they hold (`payload`, `data`, `body`), and for a table that is nothing
    but a key and a document; with `strict` for every JSON column. Left alone: what a check or a comment describes,
    `metadata`, `settings` and the like, and tables that only hand documents on (queues, caches, logs, raw and staging
    tables).
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
        Good("create table arrived (document jsonb);", dialect="postgres", note="Where documents land."),
        Good("create table job_queue (id bigint primary key, payload jsonb);", dialect="postgres"),
        Good("create table raw_events (id bigint primary key, payload jsonb);", dialect="postgres"),
    )

    strict: bool = option(False, "Ask it of every JSON column, whatever its name.")

    def check(self, declared: TableDeclaration) -> Iterator[Finding]:
        """Yield one finding for the JSON columns of a table that nothing describes."""
        table = declared.table
        if declared.path.fixture or declared.passes or table.kind != "table":
            return
        if wording.has_word(table.name.parts, _OPAQUE) and not self.strict:
            return
        # What a generated column reads of a document is described by that column.
        read = [column.computed for column in table.columns.values() if column.computed]
        checked = " ".join(text.lower() for text in (*(check.condition for check in table.checks), *read))
        columns = list(table.columns.values())
        if len(columns) == 1 and not self.strict:
            return  # where documents land, to be taken apart
        documents = [column for column in columns if column_types.family(column.type) is TypeFamily.JSON]
        lone = len(documents) == 1 and len(columns) <= 2
        found = [
            column
            for column in documents
            if not column.comment
            and column.name.lower() not in checked
            and (self.strict or lone or _SAYS_NOTHING & {column.name.lower(), *words_of(column.name)[-1:]})
            and not (_is_side_note(column) and not self.strict)
        ]
        if not found:
            return
        names = listed(column.name for column in found)
        place = "it" if len(found) == 1 else "them"
        keys = queried_keys(table, declared.reads, found)
        asked = ""
        if keys:
            asked = (
                f", and queries go by {'its' if len(found) == 1 else 'their'} {listed([one.key for one in keys], 3)}"
            )
        hint = "make columns of the fields that are queried; describe the rest by a check or a comment"
        yield Finding(
            declared.at(found[0].location),
            f"nothing says what stands in {names}{asked}: no field of {place} has a type, a check or a key",
            tuple(Related(one.places[0], f"`{one.key}` of `{one.column.name}` is queried here") for one in keys[:5]),
            Fix.ddl(*(line for one in keys for line in one.statements(table)), title=hint, otherwise=hint),
            covers=declared.spans(found[1:]),
        )


def _is_side_note(column: Column) -> bool:
    """Say whether a name says that the document is beside the point: `metadata`, `extra_data`, `raw_body`."""
    return bool(
        {
            "meta",
            "metadata",
            "extra",
            "custom",
            "raw",
            "settings",
            "config",
            "options",
            "old",
            "new",
            "before",
            "after",
            "error",
        }
        & set(words_of(column.name))
    )
