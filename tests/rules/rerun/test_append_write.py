"""Edge cases of `append-write`."""

from __future__ import annotations

import pytest

from leaktight.diagnostics import Diagnostic
from leaktight.testing import run
from leaktight_rules.rerun.append_write import AppendWrite


def found(code: str, path: str = "jobs/load.py") -> list[Diagnostic]:
    return list(run(AppendWrite(), {path: code}, reported=path).diagnostics)


def test_a_default_is_said_to_be_one() -> None:
    (diagnostic,) = found('client.load_table_from_uri(uri, "d.t")\n')
    assert "unless told otherwise" in diagnostic.message
    (diagnostic,) = found('df.to_sql("t", conn, if_exists="append")\n')
    assert "unless" not in diagnostic.message


@pytest.mark.parametrize("path", ["tests/test_load.py", "migrations/0001_load.py", "seeds/load.py"])
def test_silent_by_path(path: str) -> None:
    assert found('df.to_sql("t", conn, if_exists="append")\n', path) == []


@pytest.mark.parametrize("table", ["load_log", "audit", "price_history", "loadLog", "price-history"])
def test_tables_that_are_meant_to_grow(table: str) -> None:
    assert found(f'df.to_sql("{table}", conn, if_exists="append")\n') == []


@pytest.mark.parametrize("table", ["catalog", "blogs", "price_historical"])
def test_other_tables_are_not(table: str) -> None:
    assert len(found(f'df.to_sql("{table}", conn, if_exists="append")\n')) == 1


def test_each_call_has_a_hint() -> None:
    for code in (
        'df.write.mode("append").parquet("s3://b/t")\n',
        'write_pandas(conn, df, "T")\n',
        'hook.insert_rows("t", rows)\n',
    ):
        (diagnostic,) = found(code)
        assert diagnostic.fix is not None
        assert diagnostic.fix.edits == ()
