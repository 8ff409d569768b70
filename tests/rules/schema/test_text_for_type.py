"""What `text-for-type` reads from a name and a type, engine by engine."""

from __future__ import annotations

import pytest

from leaktight.testing import run
from leaktight_rules.schema.text_for_type import TextForType


@pytest.mark.parametrize(
    ("dialect", "column", "what"),
    [
        ("postgres", "user_id varchar(36)", "a UUID"),
        ("mysql", "user_id varchar(36)", None),
        ("postgres", "shop_id varchar(36) default 'main' not null", None),
        ("postgres", "shop_id varchar(36) default '3f2504e0-4f89-11d3-9a0c-0305e82c3301'", "a UUID"),
        ("postgres", "shop_id varchar(36) default ''", "a UUID"),
        ("snowflake", "user_id varchar(36)", None),
        ("postgres", "user_id varchar(40)", None),
        ("postgres", "user_id varchar(32)", None),
        ("postgres", "finance_year_date varchar(9)", None),
        ("postgres", "release_date text", None),
        ("postgres", "user_uuid text", None),
        ("postgres", "user_uuid text primary key", "a UUID"),
        ("postgres", "user_guid text unique", "a UUID"),
        ("postgres", "uuid_belated varchar(1)", None),
        ("postgres", "job_id varchar(36)", "a UUID"),
        ("postgres", "t_job_id varchar(36), t_job_by text", None),
        ("postgres", "t_job_id varchar(36) unique, t_job_by text", "a UUID"),
        ("postgres", "t_owner_id varchar(36), t_owner_by text", "a UUID"),
        ("postgres", "is_open varchar(1), file_path text", "a yes or no"),
        ("postgres", "is_open varchar(1), file_path text, run_id int", None),
        ("postgres", "is_open varchar(1), extracted_text text", "a yes or no"),
        ("postgres", 'is_open varchar(1), "t_extractedAt" timestamptz', None),
        ("postgres", "cc_expiration_date text", None),
        ("postgres", "contract_expiration_date text", "a date"),
        ("postgres", "import_guid varchar(36)", None),
        ("postgres", "guid text", None),
        ("postgres", "job_guid varchar(50)", None),
        ("postgres", "record_id_dob text", None),
        ("postgres", "patient_dob text", "a date"),
        ("postgres", "user_id varchar(36) check (length(user_id) = 36)", None),
        ("postgres", "created_date text", "a date"),
        ("sqlite", "created_date text", None),
        ("postgres", "created_date varchar(200)", None),
        ("postgres", "external_date text", None),
        ("postgres", "date_format text", None),
        ("postgres", "is_open varchar(5)", "a yes or no"),
        ("oracle", "is_open varchar2(5)", None),
        ("postgres", "is_open varchar(50)", None),
        ("postgres", "quantity text", "a number"),
        ("postgres", "tags text", "a list"),
        ("postgres", "tags text[]", None),
        ("postgres", "tags varchar(5)", None),
        ("postgres", "tags varchar(255)", "a list"),
        ("postgres", "can_state varchar(2)", None),
    ],
)
def test_what_a_text_holds(check, dialect: str, column: str, what: str | None) -> None:
    found = check(TextForType(), f"create table orders (id int primary key, {column});", dialect=dialect)
    assert [one.message.partition(" in `")[0] for one in found] == (
        [f"`{column.split()[0]}` is {what}"] if what else []
    )


def test_a_document_that_was_taken_apart_by_its_paths_has_the_texts_of_its_source() -> None:
    paths = ("author__created_at", "author__url", "milestone__created_at", "milestone__id", "label__name")
    flat = f"create table issues (id bigint primary key, {', '.join(f'{path} text' for path in paths)});"
    assert run(TextForType(), {"a.sql": flat}, reported="a.sql", dialect="postgres").diagnostics == ()
    plain = flat.replace("__", "_")
    assert len(run(TextForType(), {"a.sql": plain}, reported="a.sql", dialect="postgres").diagnostics) == 1


@pytest.mark.parametrize(
    ("path", "kind", "told"),
    [
        ("gold/tables.sql", "table", 1),
        ("raw/tables.sql", "table", 0),
        ("quarantine/tables.sql", "table", 0),
        ("gold/tables.sql", "unlogged table", 0),
    ],
)
def test_tables_that_keep_rows_as_they_came(path: str, kind: str, told: int) -> None:
    sql = f"create {kind} people (id bigint primary key, birth_date text);"
    assert len(run(TextForType(), {path: sql}, reported=path, dialect="postgres").diagnostics) == told


def test_a_project_hears_of_its_texts_once() -> None:
    sql = "".join(f"create table {name} (id bigint primary key, birth_date text);\n" for name in ("people", "pets"))
    (one,) = run(TextForType(), {"a.sql": sql}, reported="a.sql", dialect="postgres").diagnostics
    assert one.message.endswith("; the same is so at 1 more place")
