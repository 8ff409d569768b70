"""What becomes part of SQL text, and where it comes from."""

from __future__ import annotations

from textwrap import dedent

import pytest

from leaktight.operations.file import FileView
from leaktight.operations.pasting.pasted import Pasted
from leaktight.operations.project import Project
from leaktight.source import Language, Source


def pasted(code: str, path: str = "app/module.py") -> list[Pasted]:
    language = Language.PYTHON if path.endswith(".py") else Language.TYPESCRIPT
    view = FileView(Source(path, dedent(code), language), Project())
    return [item for call in view.calls for item in call.pasted()]


@pytest.mark.parametrize(
    "body",
    [
        "x = 'de'",
        "x = int(y)",
        "x = str(int(y))",
        "x = date.today().isoformat()",
        "x = ', '.join(['%s'] * len(y))",
        "x = ', '.join('%s' for _ in y)",
        "x = os.environ['NAME']",
        "x = settings.schema",
        "x = connection.escape(y)",
        'x = y.replace("\'", "\'\'")',
        "x = y\n    if x not in ALLOWED:\n        raise ValueError",
        "x = y\n    assert x.isalnum()",
        "x = y\n    if not re.fullmatch('[a-z]+', x):\n        raise ValueError",
        "x = KIND",
    ],
)
def test_harmless(body: str) -> None:
    code = (
        "import os\nKIND = read()\n\ndef find(cursor, y):\n    "
        + body
        + "\n    cursor.execute(f\"select a from t where b = '{x}'\")\n"
    )
    assert pasted(code) == []


@pytest.mark.parametrize(
    ("body", "source", "outside"),
    [
        ("x = y", "a parameter of `find`", False),
        ("x = y.strip().lower()", "a parameter of `find`", False),
        ("x = f'{y}-1'", "a parameter of `find`", False),
        ("x = request.args['q']", "comes from `request`", True),
        ("x = event['q']", "comes from `event`", True),
        ("x = input()", "is typed in by a user", True),
        ("x = sys.argv[1]", "taken from the command line", False),
        ("x = fetch(y)", "", False),
    ],
)
def test_origin(body: str, source: str, outside: bool) -> None:
    code = (
        "import sys\n\ndef find(cursor, y, request, event):\n    "
        + body
        + "\n    cursor.execute(f\"select a from t where b = '{x}'\")\n"
    )
    (item,) = pasted(code)
    assert (item.source, item.outside, item.quoted, item.value) == (source, outside, True, True)


@pytest.mark.parametrize("kind", ["int", "float", "date", "datetime", "UUID", "bool", "int | None"])
def test_plain_types_are_harmless(kind: str) -> None:
    assert pasted(f"def find(cursor, x: {kind}):\n    cursor.execute(f\"select a from t where b = '{{x}}'\")\n") == []


def test_numbers_by_name_and_default_are_harmless() -> None:
    assert pasted('def find(cursor, limit):\n    cursor.execute(f"select a from t limit {limit}")\n') == []
    assert pasted('def find(cursor, x=10):\n    cursor.execute(f"select a from t where b = {x}")\n') == []


def test_the_modules_own_calls_tell_a_parameter() -> None:
    code = "def find(cursor, x):\n    cursor.execute(f\"select a from t where b = '{x}'\")\n\n"
    assert pasted(code + "find(cursor, 'de')\nfind(cursor, 'fr')\n") == []
    (item,) = pasted(code + "find(cursor, input())\n")
    assert item.outside


@pytest.mark.parametrize(
    "call",
    [
        "cursor.execute('select a from t where b = %s', (x,))",
        "cursor.execute('select a from t where b = :x', {'x': x})",
        "cursor.execute(sql.SQL('select a from t where b = {}').format(sql.Literal(x)))",
        "cursor.execute(f'-- for {x}\\nselect a from t')",
    ],
)
def test_no_part_of_the_text(call: str) -> None:
    assert [item for item in pasted(f"def find(cursor, x):\n    {call}\n") if item.value] == []


@pytest.mark.parametrize(
    "call",
    [
        "cursor.execute(\"select a from t where b = '{}'\".format(x))",
        "cursor.execute(\"select a from t where b = '%s'\" % x)",
        'cursor.execute("select a from t where b = \'" + x + "\'")',
        'cursor.execute(f"select a from t where b = {x}")',
        'cursor.execute(f"select a from t where b in ({x})")',
    ],
)
def test_each_way_to_paste(call: str) -> None:
    (item,) = pasted(f"def find(cursor, x):\n    {call}\n")
    assert item.value
    assert item.host == "x"


def test_names_are_no_values() -> None:
    (item,) = pasted('def find(cursor, x):\n    cursor.execute(f"select a from {x}")\n')
    assert not item.value


def test_typescript() -> None:
    code = "const find = async (name: string) => pool.query(`select a from t where b = '${%s}'`);\n"
    (item,) = pasted(code % "name", "src/a.ts")
    assert item.source == "a parameter of `find`"
    assert pasted(code % "Number(name)", "src/a.ts") == []
    assert pasted(code % "NAME", "src/a.ts") == []
    (item,) = pasted(code % "req.query.name", "src/a.ts")
    assert item.outside
    assert pasted("const find = (name: string) => sql`select a from t where b = ${name}`;\n", "src/a.ts") == []
    assert pasted("const find = (n: number) => pool.query(`select a from t where b = ${n}`);\n", "src/a.ts") == []
