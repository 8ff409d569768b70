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


def in_typescript(body: str, head: str = "name: string, req: Request, ids: string[]") -> list[Pasted]:
    """Give what is pasted of `x` after these lines of a function."""
    code = f"""
        import {{ pool, KINDS, COLUMN }} from "./db";
        const FIXED = read();
        const sorts = {{ newest: "created_at", name: "name" }};
        export async function find({head}) {{
          {body}
          return pool.query(`select a from t where b = '${{x}}'`);
        }}
    """
    return pasted(code, "src/find.ts")


@pytest.mark.parametrize(
    "body",
    [
        "const x = 'de';",
        "const x = Number(name);",
        "const x = String(Number(name));",
        "const x = +name;",
        "const x = parseInt(req.query.page, 10);",
        "const x = name as unknown as number;",
        "const x = new Date(name).toISOString();",
        "const x = dayjs(req.query.day).format('YYYY-MM-DD');",
        "const x = ids.map((_, i) => `$${i + 1}`).join(', ');",
        "const x = ids.map(() => '?').join(', ');",
        "const x = ids.map(Number).join(',');",
        "const x = ids.map((id) => { const n = Number(id); return n; }).join(',');",
        "const x = new Array(ids.length).fill('?').join(',');",
        "const x = placeholdersFor(ids);",
        "const x = process.env.SCHEMA;",
        "const x = import.meta.env.SCHEMA;",
        "const x = config.schema;",
        "const x = ids.length;",
        "const x = mysql.escape(name);",
        "const x = name.replace(/'/g, \"''\");",
        'const x = name.replaceAll("\'", "\'\'");',
        "const x = name.replace(/[^a-z0-9_]/gi, '');",
        "const x = req.query.kind; if (!KINDS.includes(x)) throw new Error(x);",
        "const x = KINDS.has(name) ? name : 'a';",
        "const x = name; if (!/^[a-z]+$/.test(x)) throw new Error(x);",
        "const x = name; if (!(x in sorts)) return [];",
        "const x = sorts[req.query.sort];",
        "const x = sorts[name] ?? 'id';",
        "const x = FIXED;",
        "const x = COLUMN;",
        "const x = KINDS.first;",
        "let x = req.query.day; x = Number(x);",
        "let x; if (name === 'a') { x = 'b'; } else { x = 'c'; }",
        "let x = 0; for (const id of ids) { x++; }",
        "const parts = []; parts.push('a'); parts.push('b'); const x = parts.join(' and ');",
        "const x = name === 'a' && 'b';",
    ],
)
def test_harmless_in_typescript(body: str) -> None:
    assert in_typescript(body) == []


@pytest.mark.parametrize(
    ("body", "source", "outside"),
    [
        ("const x = name;", "a parameter of `find`", False),
        ("const x = name.trim().toLowerCase();", "a parameter of `find`", False),
        ("const x = `${name}%`;", "a parameter of `find`", False),
        ("const x = '%' + name + '%';", "a parameter of `find`", False),
        ("const x = name || 'a';", "a parameter of `find`", False),
        ("const x = ids.map((id) => `'${id}'`).join(',');", "a parameter of `find`", False),
        ("const x = ids.join(',');", "a parameter of `find`", False),
        ("let x = 'a'; if (ids.length) { x = name; }", "a parameter of `find`", False),
        ("for (const id of ids) { await save(id); } const x = ids[0];", "", False),
        ("const x = req.query.name;", "comes from `req`", True),
        ("const x = String(req.query.name);", "comes from `req`", True),
        ("const { name: x } = req.query;", "comes from `req`", True),
        ("const { query: { x } } = req;", "comes from `req`", True),
        ("const body = await req.json(); const x = body.name;", "comes from `req`", True),
        ("const { searchParams } = new URL(req.url); const x = searchParams.get('q');", "comes from `req`", True),
        ("const x = JSON.parse(event.body).name;", "comes from `event`", True),
        ("const x = (req.query.limit as unknown) as number;", "comes from `req`", True),
        (
            "const filters = []; filters.push(`b = '${req.query.b}'`); const x = filters.join(' and ');",
            "comes from `req`",
            True,
        ),
        ("let x = 'a'; x += req.body.name;", "comes from `req`", True),
        ("const x = req.query.name.replace(\"'\", '');", "comes from `req`", True),
        ("const x = prompt('name');", "is typed in by a user", True),
        ("const x = process.argv[2];", "taken from the command line", False),
        ("const x = load(name);", "", False),
        ("const x = req.user.id;", "", False),
    ],
)
def test_origin_in_typescript(body: str, source: str, outside: bool) -> None:
    (item,) = in_typescript(body)
    assert (item.source, item.outside, item.quoted, item.value) == (source, outside, True, True)


@pytest.mark.parametrize(
    "head",
    [
        "x: number",
        "x?: number | null",
        "x: 'asc' | 'desc'",
        "x: Date",
        "x: bigint[]",
        "x: Array<number>",
        "x: Sort",
        "x: Kind",
        "{ x }: { x: number }",
        "{ x }: Options",
        "x = 10",
    ],
)
def test_types_that_cannot_say_more(head: str) -> None:
    code = f"""
        type Sort = "asc" | "desc";
        enum Kind {{ A = "a", B = "b" }}
        interface Options {{ x: Sort }}
        export const find = ({head}) => pool.query(`select a from t where b = '${{x}}'`);
    """
    assert pasted(code, "src/find.ts") == []


@pytest.mark.parametrize(
    ("head", "source"),
    [
        ("{ query: { x } }, res", "comes from `query`"),
        ("{ queryStringParameters: { x } }", "comes from `queryStringParameters`"),
        ("{ x }: APIGatewayProxyEvent", "comes from `x`"),
        ("@Query('x') x: string", "comes from `x`"),
    ],
)
def test_what_a_handler_is_given_is_outside(head: str, source: str) -> None:
    code = f"class A {{ find({head}) {{ return pool.query(`select a from t where b = '${{x}}'`); }} }}\n"
    (item,) = pasted(code, "src/find.ts")
    assert (item.source, item.outside) == (source, True)


def test_members_by_their_type() -> None:
    code = """
        interface Filter {{ id: number; name: string }}
        class Store {{
          constructor(private readonly shard: number, private label: string) {{}}
          find(filter: Filter) {{ return this.pool.query(`select a from t where b = '${{{value}}}'`); }}
        }}
    """
    assert pasted(code.format(value="filter.id"), "src/a.ts") == []
    assert pasted(code.format(value="this.shard"), "src/a.ts") == []
    assert len(pasted(code.format(value="filter.name"), "src/a.ts")) == 1
    assert len(pasted(code.format(value="this.label"), "src/a.ts")) == 1


def test_the_modules_own_calls_tell_a_parameter_of_javascript() -> None:
    code = "function find(x) { return pool.query(`select a from t where b = '${x}'`); }\n"
    assert pasted(code + "find('de');\nfind('fr');\n", "src/a.js") == []
    (item,) = pasted(code + "app.get('/', (req, res) => find(req.query.x));\n", "src/a.js")
    assert item.outside


@pytest.mark.parametrize("name", ["event_id", "request_kind", "form_kind"])
def test_the_last_word_tells_what_is_outside(name: str) -> None:
    (item,) = pasted(f"def find(cursor, {name}):\n    cursor.execute(f\"select a from t where b = '{{{name}}}'\")\n")
    assert not item.outside
    (item,) = pasted(f"const find = ({name}) => pool.query(`select a from t where b = '${{{name}}}'`);\n", "src/a.js")
    assert not item.outside


def test_a_request_that_is_imported_is_outside() -> None:
    code = "from flask import request\n\ndef find(cursor):\n    x = request.args['q']\n"
    (item,) = pasted(code + "    cursor.execute(f\"select a from t where b = '{x}'\")\n")
    assert (item.source, item.outside) == ("comes from `request`", True)


def test_what_a_tag_binds_is_no_part_of_the_text() -> None:
    assert pasted("const find = (name: string) => sql`select a from t where b = ${name}`;\n", "src/a.ts") == []


@pytest.mark.parametrize(
    ("sql", "value"),
    [
        ("select a from '{x}'", False),
        ("select a from read_parquet('{x}')", False),
        ("select a from t join '{x}' u on u.b = t.b", False),
        ("copy t to '{x}'", False),
        ("select a from t where b = '{x}'", True),
        ("select a from t where b = lower('{x}')", True),
    ],
)
def test_a_file_that_is_read_is_no_value(sql: str, value: bool) -> None:
    (item,) = pasted(f'import duckdb\n\ndef f(x):\n    duckdb.sql(f"{sql}")\n')
    assert item.value is value


@pytest.mark.parametrize(
    ("head", "trusted"), [("x", False), ("x='de'", True), ("x=KIND", True), ("x=None", True), ("x=read()", False)]
)
def test_a_parameter_with_a_constant_is_mostly_filled_by_the_program(head: str, trusted: bool) -> None:
    (item,) = pasted(
        f"KIND = 'a'\n\ndef find(cursor, {head}):\n    cursor.execute(f\"select a from t where b = '{{x}}'\")\n"
    )
    assert item.trusted is trusted
    code = head.replace("None", "null")
    (item,) = pasted(
        f"const KIND = 'a'; const find = ({code}) => pool.query(`select a from t where b = '${{x}}'`);\n", "src/a.js"
    )
    assert item.trusted is trusted


def test_a_part_of_an_item_of_a_constant_list_is_harmless() -> None:
    code = "TABLES = ['a.b']\n\nfor table in TABLES:\n    cursor.execute(f\"select n from t where b = '{{{0}}}'\")\n"
    assert pasted(code.format("table.split('.')[1]")) == []
    assert len(pasted(code.format("load(table)[1]"))) == 1
