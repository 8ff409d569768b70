"""Which texts `unchecked-status` takes for one of a few words."""

from __future__ import annotations

import pytest

from leaktight.testing import run
from leaktight_rules.schema.unchecked_status import UncheckedStatus


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("silver.orders", False),
        ("slv_orders", False),
        ("ods.orders", False),
        ("orders", True),
        ("shop.silverware", True),
        ("ft_orders", False),
    ],
)
def test_copies_have_the_words_of_their_source(name: str, told: bool) -> None:
    sql = f"create table {name} (id bigint primary key, status text not null)"
    assert len(run(UncheckedStatus(), {"a.sql": sql}, reported="a.sql", dialect="postgres").diagnostics) == told
    strict = run(UncheckedStatus(strict=True), {"a.sql": sql}, reported="a.sql", dialect="postgres")
    assert len(strict.diagnostics) == 1


@pytest.mark.parametrize(
    ("columns", "found"),
    [
        ("id int primary key, status text", ["status"]),
        ("id int primary key, order_status text, kind text default 'a'", ["order_status"]),
        ("id int primary key, kind text default 'a'", ["kind"]),
        ("id int primary key, kind text", []),
        ("id int primary key, http_status text", []),
        ("id int primary key, status_code text", []),
        ("status text primary key, label text", []),
        ("id int primary key, status text unique", []),
        ("id int primary key, status text references statuses (name)", []),
        ("id int primary key, status text check (status in ('a'))", []),
        ("id int primary key, state text", ["state"]),
        ("id int primary key, state char(2)", []),
        ("id int primary key, city text, state text", []),
        ("id int primary key, lastknown_city text, lastknown_state text", []),
        ("id int primary key, postal_code text, lastknown_state text", []),
        ("id int primary key, cityscape text, lastknown_state text", ["lastknown_state"]),
        ("id int primary key, stripe_status text, detailed_status text", []),
        ("id int primary key, access_token text, session_state text", []),
        ("id int primary key, payment_status text", ["payment_status"]),
    ],
)
def test_words(check, columns: str, found: list[str]) -> None:
    sql = f"create table orders ({columns});"
    assert [sql[slice(*one.location.span)] for one in check(UncheckedStatus(), sql)] == found


@pytest.mark.parametrize(("choices", "found"), [("choices=STATUS", 0), ("null=False", 1), ("choices=None", 1)])
def test_the_choices_of_a_model_say_the_words(check, choices: str, found: int) -> None:
    model = f"""
from django.db import models

STATUS = [("new", "New"), ("paid", "Paid")]


class Order(models.Model):
    status = models.CharField(max_length=20, {choices})
"""
    assert len(check(UncheckedStatus(), model, path="shop/models.py")) == found


@pytest.mark.parametrize(
    ("copy", "found"),
    [
        ("create table copies (like orders including all)", 0),
        ("create table copies (like orders)", 0),
        ("create table copies (id int primary key, status text)", 1),
        ("create table order_states (id int primary key, state text)", 0),
        ("create table order_places (id int primary key, state text)", 1),
        ("create table batch_job_execution (id int primary key, status text)", 0),
    ],
)
def test_copies_say_nothing_of_their_own(check, copy: str, found: int) -> None:
    orders = "create table orders (id int primary key, status text check (status in ('new', 'paid')));"
    assert len(check(UncheckedStatus(), f"{orders} {copy};")) == found


def test_a_project_without_checks_is_told_once() -> None:
    sql = "".join(f"create table t{number} (id bigint primary key, status text);" for number in range(3))
    (found,) = run(UncheckedStatus(), {"a.sql": sql}, reported="a.sql", dialect="postgres").diagnostics
    assert found.message == "nothing says which words `status` may be; the same is so at 2 more places"
    sql += "create table u (id bigint primary key, kind text check (kind in ('a', 'b')));"
    assert len(run(UncheckedStatus(), {"a.sql": sql}, reported="a.sql", dialect="postgres").diagnostics) == 3
