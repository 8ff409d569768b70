"""What the words of a table's name say of it."""

from __future__ import annotations

import pytest

from leaktight.catalog.wording import PUT_ASIDE, STAGING, has_word, is_of_framework


@pytest.mark.parametrize(
    "name",
    [
        "stg_orders", "orders_stg_2024", "my_staging_orders", "tmpOrders", "orders_tmp2", "temp_orders", "orders_temp",
        "temp", "staging.orders", "shop.stage.orders", "#orders", "@orders", "{self.temp_table}", "s3://b/temp/orders",
    ],
)  # fmt: skip
def test_names_that_do_not_last(name: str) -> None:
    assert has_word([name] if "/" in name or "{" in name else name.split("."), STAGING)


@pytest.mark.parametrize(
    "name",
    [
        "orders", "stages", "temperatures", "temp_readings", "room_temp", "max_temp_by_city", "deal_stage_history",
        "work_orders", "interest_swap_rates", "raw_orders", "orders_backup",
    ],
)  # fmt: skip
def test_names_that_last(name: str) -> None:
    assert not has_word(name.split("."), STAGING)


def test_names_of_what_was_put_aside() -> None:
    assert has_word(["raw", "orders"], PUT_ASIDE)
    assert has_word(["orders_bak3"], PUT_ASIDE)
    assert not has_word(["raw_materials"], PUT_ASIDE)
    assert not has_word(["dim_old_prices"], PUT_ASIDE)


@pytest.mark.parametrize(
    ("name", "laid"),
    [("BATCH_JOB_EXECUTION", True), ("qrtz_triggers", True), ("batch_jobs", False), ("orders", False)],
)
def test_tables_of_frameworks(name: str, laid: bool) -> None:
    assert is_of_framework(name) is laid
