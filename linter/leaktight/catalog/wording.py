"""What a table is for, as far as the words of its name say it: one vocabulary for all rules and operations."""

from __future__ import annotations

from collections.abc import Iterable

from leaktight.text import words_of

STAGING = ("stg", "staging", "stage", "tmp", "temp", "temporary", "scratch", "sandbox", "swap", "buffer")
"""Words in a table's or schema's name that say that it does not last."""
PUT_ASIDE = ("raw", "landing", "import", "backup", "bak", "old", "dump", "copy", "deleted", "archived", "quarantine")
"""Words that say that a table holds rows as they were delivered or put aside: what it was filled from has the keys."""
APPEND_ONLY = (
    "log", "logs", "audit", "audits", "history", "hist", "journal", "runs", "run", "watermarks", "archive", "dq",
)  # fmt: skip
"""Words that say that a table is meant to have rows for each run."""
GROWING = (
    *APPEND_ONLY, "event", "events", "fact", "facts", "fct", "transaction", "transactions", "message", "messages", "reading",
    "readings", "measurement", "measurements", "click", "clicks", "impression", "impressions",
    "pageview", "pageviews", "view", "views", "visit", "visits", "listen", "listens", "position", "positions", "telemetry",
    "activity", "activities", "ledger", "trace", "traces", "request", "requests", "response", "responses", "samples",
    "notification", "notifications", "delivery", "deliveries",
)  # fmt: skip
"""Words that say that rows are added to a table for as long as it lives."""
LOOKUP = (
    "type", "types", "status", "statuses", "state", "states", "kind", "kinds", "category", "categories", "country",
    "countries", "currency", "currencies", "language", "languages", "locale", "locales", "role", "roles", "code", "codes",
    "enum", "enums", "lookup", "unit", "units", "level", "levels", "reason", "reasons", "priority", "priorities", "gender",
    "genders", "timezone", "timezones", "plan", "plans", "setting", "settings",
)  # fmt: skip
"""Words that say that a table has few rows, which hardly change."""

_FRAMEWORKS = (
    "batch_job_", "batch_step_", "qrtz_", "act_ru_", "act_hi_", "act_re_", "act_ge_", "act_id_", "django_", "oban_",
    "delayed_job", "celery_", "spring_session", "databasechangelog", "flyway_", "alembic_version", "schema_migrations",
    "ar_internal_metadata",
    "_prisma_migrations", "active_storage_", "active_admin_", "hangfire", "aspnet", "knex_migrations", "sqlx_migrations",
)  # fmt: skip
"""How tables begin that a framework lays down: Spring Batch, Quartz, Camunda, Django, Rails, migration tools."""

_AT_ENDS = frozenset({"stage", "temp", "swap", "buffer", *PUT_ASIDE})
"""Words that mean something else in the middle of a name: `deal_stage_history`, `max_temp_by_city`."""
_TEMPERATURE = frozenset(
    """reading readings sensor sensors measurement measurements probe probes celsius fahrenheit humidity degrees min max
    avg mean average room air water body surface ambient outdoor indoor""".split()
)
_OTHER_SENSES = {"temp": _TEMPERATURE, "raw": frozenset({"material", "materials"})}
"""Words beside which a word means something else: `temp_readings`, `raw_materials`."""


def has_word(parts: Iterable[str], words: Iterable[str]) -> bool:
    """Say whether a part of a table's name (schema, table) has one of the words: `stg_orders`, `orders_tmp2`, `staging`.

    Parts that begin with the mark of a temporary table (`#orders`, `@orders`) always do.
    """
    wanted = frozenset(words)
    return any(part.startswith(("#", "@")) or _says(part, wanted) for part in parts)


def is_of_framework(name: str) -> bool:
    """Say whether a table's last part is one that a framework lays down: its shape is nobody's to change."""
    return name.lower().startswith(_FRAMEWORKS)


def is_in_framework(parts: tuple[str, ...]) -> bool:
    """Say whether a table's name is one of a framework's, or in a schema that is one: tSQLt keeps its tests there."""
    return is_of_framework(parts[-1]) or parts[-2:-1] in (("tSQLt",), ("tsqlt",))


def _says(part: str, wanted: frozenset[str]) -> bool:
    pieces = [piece.rstrip("0123456789") for piece in words_of(part)]
    pieces = [piece for piece in pieces if piece]
    name = part.replace("_", "").isalnum()  # and no path or host expression, whose words stand anywhere
    for at, piece in enumerate(pieces):
        if piece not in wanted:
            continue
        at_end = at in (0, len(pieces) - 1)
        if (at_end or not name or piece not in _AT_ENDS) and _OTHER_SENSES.get(piece, frozenset()).isdisjoint(pieces):
            return True
    return False
