"""Edge cases of `insert-loop`: when the fix is made, and how."""

from __future__ import annotations

from textwrap import dedent

import pytest

from leaktight.diagnostics import Applicability, Diagnostic
from leaktight.testing import fixed, run
from leaktight_rules.rerun.insert_loop import InsertLoop


def found(code: str, path: str = "app/save.py") -> list[Diagnostic]:
    return list(run(InsertLoop(), {path: dedent(code)}, reported=path).diagnostics)


def test_rows_over_several_lines_keep_their_shape() -> None:
    code = dedent(
        """
        def save(cursor, orders):
            for order in orders:
                cursor.execute(
                    "insert into orders (id, total) values (%s, %s)",
                    (
                        order.id,
                        order.total,
                    ),
                )
        """
    )
    wanted = dedent(
        """
        def save(cursor, orders):
            cursor.executemany(
                "insert into orders (id, total) values (%s, %s)",
                [
                    (
                        order.id,
                        order.total,
                    )
                    for order in orders
                ],
            )
        """
    )
    assert fixed(code, found(code)) == wanted


@pytest.mark.parametrize(
    "body",
    [
        'connection.execute("insert into t (a) values (%s)", (row.a,))',
        'cursor.execute("insert into t (a) values (%s)", row)',
        'cursor.execute("insert into t (a) values (%s)", (row.a,)); count += 1',
        'cursor.execute(f"insert into t (a) values ({row.a})")',
        '# one by one\n        cursor.execute("insert into t (a) values (%s)", (row.a,))',
        'row.cursor.execute("insert into t (a) values (%s)", (row.a,))',
    ],
)
def test_only_a_hint(body: str) -> None:
    (diagnostic,) = found(f"def save(cursor, rows):\n    for row in rows:\n        {body}\n")
    assert diagnostic.fix is not None
    assert diagnostic.fix.applicability is Applicability.DISPLAY


@pytest.mark.parametrize(
    "code",
    [
        'while True:\n    message = queue.get()\n    cursor.execute("insert into t (a) values (%s)", (message,))\n',
        'for batch in batches(rows):\n    cursor.execute("insert into t (a) values (%s)", (batch,))\n',
        'for part in rows:\n    cursor.execute(f"insert into t (a) values {part}")\n',
        'for day in days:\n    cursor.execute("insert into t select a from s where d = %s", (day,))\n',
        'for row in rows:\n    cursor.executemany("insert into t (a) values (%s)", row.items)\n',
        'for row in rows:\n    cursor.execute("insert into t (a) values (%s)", (row,))\n    break\n',
        'for row in rows:\n    cursor.execute("update t set a = %s", (row,))\n',
        'for row in rows:\n    print("insert into t (a) values (1)")\n',
    ],
)
def test_silent(code: str) -> None:
    assert found(code) == []


@pytest.mark.parametrize("path", ["tests/test_save.py", "migrations/0002_fill.py", "seeds/fill.py"])
def test_silent_by_path(path: str) -> None:
    assert found('for row in rows:\n    cursor.execute("insert into t (a) values (%s)", (row,))\n', path) == []


def test_says_when_it_is_only_slow() -> None:
    (diagnostic,) = found(
        'def add(cursor, rows):\n    for row in rows:\n        cursor.execute("insert into t (a) values (%s)", (row,))\n'
    )
    assert "again" not in diagnostic.message
    (diagnostic,) = found(
        'def load(cursor, rows):\n    for row in rows:\n        cursor.execute("insert into t (a) values (%s)", (row,))\n'
    )
    assert "a second run adds the rows again" in diagnostic.message
    code = 'def load(cursor, rows):\n    cursor.execute("delete from t")\n    for row in rows:\n        cursor.execute("insert into t (a) values (%s)", (row,))\n'
    (diagnostic,) = found(code)
    assert "again" not in diagnostic.message
