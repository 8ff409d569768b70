"""Which documents `json-blob` asks about, by their names and by what stands beside them."""

from __future__ import annotations

import pytest

from leaktight.testing import run
from leaktight_rules.schema.json_blob import JsonBlob


@pytest.mark.parametrize(
    ("columns", "told"),
    [("data variant", False), ("id int, data variant", True), ("data variant, loaded_at timestamp_ltz", True)],
)
def test_a_document_alone_has_landed(columns: str, told: bool) -> None:
    sql = f"create table arrived ({columns})"
    assert len(run(JsonBlob(), {"a.sql": sql}, reported="a.sql", dialect="snowflake").diagnostics) == told


@pytest.mark.parametrize(
    ("columns", "found"),
    [
        ("id int primary key, prefs jsonb", True),
        ("id int primary key, prefs jsonb, name text", False),
        ("id int primary key, payload jsonb, name text", True),
        ("id int primary key, order_data jsonb, name text", True),
        ("id int primary key, extra_data jsonb, name text", False),
        ("id int primary key, payload jsonb check (payload ? 'a'), name text", False),
        ("id int primary key, payload text", False),
        ("id int primary key, payload jsonb, kind text, seen_at timestamp, shop_id int, name text", True),
        ("id int primary key, payload jsonb, buyer text, total numeric", False),
        ("id int primary key, payload jsonb, buyer text", False),
        ("id int primary key, payload jsonb not null, buyer text, total numeric", False),
        ("id int primary key, payload jsonb not null default '{}', buyer text, total numeric", False),
        ("id int primary key, details jsonb not null, buyer text, total numeric", False),
        ("id int primary key, stats jsonb", False),
        ("id int primary key, key text, value jsonb", False),
        ("id int primary key, kind text, value jsonb", False),
        ("id int primary key, kind text, details jsonb", False),
        ("id int primary key, kind text, body jsonb", True),
        ("id int primary key, field_id int, value jsonb", False),
        ("id int primary key, filter jsonb", False),
    ],
)
def test_documents(check, columns: str, found: bool) -> None:
    assert len(check(JsonBlob(), f"create table visits ({columns});")) == found


TABLE = "create table events (id bigint primary key, payload json, kind text)"


@pytest.mark.parametrize(
    ("dialect", "condition", "key"),
    [
        ("postgres", "payload ->> 'user_id' = $1", "user_id"),
        ("postgres", "(payload -> 'user_id')::bigint = 7", "user_id"),
        ("postgres", "e.payload ->> 'user_id' = 'x'", "user_id"),
        ("mysql", "payload ->> '$.user_id' = 7", "user_id"),
        ("mysql", "json_extract(payload, '$.user_id') = 7", "user_id"),
        ("bigquery", "json_value(payload, '$.user_id') = 'x'", "user_id"),
        ("postgres", "payload -> 'user' ->> 'id' = 'x'", ""),
        ("postgres", "payload ->> 0 = 'x'", ""),
        ("postgres", "payload ->> $1 = 'x'", ""),
        ("postgres", "payload ->> 'kind' = 'x'", ""),
        ("postgres", "kind ->> 'user_id' = 'x'", ""),
    ],
)
def test_keys_that_queries_go_by(dialect: str, condition: str, key: str) -> None:
    query = f"select id from events as e where {condition};\n"
    files = {"ddl/a.sql": TABLE, "api/a.sql": query, "api/b.sql": query}
    (one,) = run(JsonBlob(), files, reported="ddl/a.sql", dialect=dialect).diagnostics
    assert (", and queries go by its" in one.message) is bool(key)
    assert [related.message for related in one.related] == ([f"`{key}` of `payload` is queried here"] if key else [])
    (other,) = run(JsonBlob(), {**files, "api/b.sql": ""}, reported="ddl/a.sql", dialect=dialect).diagnostics
    assert "queries" not in other.message


@pytest.mark.parametrize(
    ("dialect", "key", "statement"),
    [
        ("postgres", "userId", "ALTER TABLE events ADD COLUMN userid TEXT GENERATED ALWAYS AS (payload ->> 'userId') STORED"),
        ("postgres", "user", "ALTER TABLE events ADD COLUMN \"user\" TEXT GENERATED ALWAYS AS (payload ->> 'user') STORED"),
        ("mysql", "userId", "ALTER TABLE events ADD COLUMN userid VARCHAR(255) GENERATED ALWAYS AS (payload ->> '$.userId') VIRTUAL"),
        ("postgres", "user id", None),
        ("bigquery", "user_id", None),
    ],
)  # fmt: skip
def test_a_column_of_a_key(dialect: str, key: str, statement: str | None) -> None:
    path = key if dialect == "postgres" else f"$.{key}"
    read = f"json_value(payload, '{path}')" if dialect == "bigquery" else f"payload ->> '{path}'"
    files = {"ddl/a.sql": TABLE, **{f"api/{n}.sql": f"select id from events order by {read};" for n in "ab"}}
    (one,) = run(JsonBlob(), files, reported="ddl/a.sql", dialect=dialect).diagnostics
    assert one.fix is not None
    assert one.fix.statements == ((statement,) if statement else ())
    assert one.fix.title.startswith("make columns of the fields that are queried")


@pytest.mark.parametrize(
    ("columns", "found"),
    [
        ("id int primary key,\n payload jsonb -- see contracts/visits.yaml\n, name text", False),
        ("id int primary key,\n payload jsonb /* @use Visit */ not null, name text", False),
        ("id int primary key,\n -- page, referrer\n payload jsonb, name text", False),
        ("id int primary key, -- counted up\n payload jsonb, name text", True),
        ("id int primary key,\n payload jsonb,\n name text -- of the visitor\n", True),
        ("id int primary key, payload jsonb, retry_count int", False),
        ("id int primary key, payload jsonb, sent_headers jsonb", False),
        ("id int primary key, payload jsonb, header_type text", True),
    ],
)
def test_what_a_comment_describes_or_is_handed_on(check, columns: str, found: bool) -> None:
    assert len(check(JsonBlob(), f"create table visits ({columns});")) == found


@pytest.mark.parametrize(
    ("name", "found"), [("form_submissions", 0), ("deleted_visits", 0), ("visits_from_partner", 0), ("form_entries", 1)]
)
def test_tables_that_take_what_comes(check, name: str, found: int) -> None:
    assert len(check(JsonBlob(), f"create table {name} (id int primary key, payload jsonb);")) == found


def test_the_place_of_a_column_that_another_file_adds(check) -> None:
    later = "alter table visits add column payload jsonb;"
    (one,) = check(
        JsonBlob(),
        "create table visits (id int primary key, name text);",
        path="migrations/001_a.sql",
        **{"migrations/002_b.sql": later},
    )
    assert [related.location.path for related in one.related] == ["migrations/002_b.sql"]
