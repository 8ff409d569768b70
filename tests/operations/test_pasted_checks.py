"""Which checks before a value is pasted into SQL text clear it."""

from __future__ import annotations

from textwrap import indent

import pytest

from leaktight.operations.file import FileView
from leaktight.operations.pasting.pasted import Pasted
from leaktight.operations.project import Project
from leaktight.source import Language, Source


def pasted(code: str, path: str = "app/module.py") -> list[Pasted]:
    language = Language.PYTHON if path.endswith(".py") else Language.TYPESCRIPT
    view = FileView(Source(path, code, language), Project())
    return [item for call in view.calls for item in call.pasted()]


def after_python(body: str) -> list[Pasted]:
    """Give what is pasted of a parameter `x` behind (`…` for: in) these lines of a function."""
    call = "cursor.execute(f\"select a from t where b = '{x}'\")"
    lines = body.replace("…", call) if "…" in body else f"{body}\n{call}"
    return pasted("import re\n\ndef find(cursor, x, y, ok, log):\n" + indent(lines, "    ") + "\n")


@pytest.mark.parametrize(
    "body",
    [
        "if x in KINDS:\n    …",
        "if x not in KINDS:\n    log(x)\nelse:\n    …",
        "if x not in KINDS:\n    log(x)\n    return []",
        "if x not in KINDS:\n    sys.exit(1)",
        "if x not in KINDS:\n    parser.error('kind')",
        "if x not in KINDS:\n    x = 'a'",
        "if not x or x not in KINDS:\n    raise ValueError",
        "if x and x not in KINDS:\n    raise ValueError",
        "if x is not None and x not in KINDS:\n    raise ValueError",
        "if x is not None:\n    if x not in KINDS:\n        raise ValueError",
        "if x in KINDS and ok:\n    …",
        "if x not in KINDS:\n    if ok:\n        return 1\n    else:\n        raise ValueError",
        "if x.lower() not in KINDS:\n    raise ValueError",
        "if x == 'a' or x == 'b':\n    …",
        "if x:\n    return []",
        "for _ in ok:\n    if x not in KINDS:\n        continue\n    …",
        "while x not in KINDS:\n    x = input()",
        "known = x in KINDS\nif not known:\n    raise ValueError",
        "found = re.match('^[a-z]+$', x)\nif found is None:\n    raise ValueError",
        "if re.search('[^a-z]', x):\n    raise ValueError",
        "if not PATTERN.fullmatch(x):\n    raise ValueError",
        "if is_valid(x):\n    …",
        "if is_invalid(x):\n    raise ValueError",
        "result = validate(x)\nif not result.ok:\n    raise ValueError",
        "validate(x)",
        "check_identifier(x)",
        "schema.ensure_safe(x)",
        "check_that(x in KINDS, 'kind')",
        "with log:\n    validate(x)",
        "try:\n    validate(x)\nexcept ValueError:\n    return []",
        "try:\n    validate(x)\n    …\nexcept ValueError:\n    pass",
        "y = x in KINDS and f'{x}'\nx = y",
        "x = x if x in KINDS else str(len(x))",
        "x = ', '.join(one for one in x if one in KINDS)",
        "assert x in KINDS\ny = x\nx = y.strip()",
    ],
)
def test_a_check_that_holds_where_the_value_is_used(body: str) -> None:
    assert after_python(body) == []


@pytest.mark.parametrize(
    "body",
    [
        "if x in BANNED:\n    raise ValueError",
        "if x not in KINDS:\n    …",
        "if x in KINDS:\n    log(x)",
        "if x not in KINDS:\n    log.error(x)",
        "if x not in KINDS:\n    log(x)\n    y = 'a'",
        "if x not in KINDS and ok:\n    raise ValueError",
        "if x in KINDS or ok:\n    …",
        "if ok:\n    if x not in KINDS:\n        raise ValueError",
        "if x not in KINDS:\n    if ok:\n        raise ValueError",
        "if x == 'a':\n    log(x)",
        "if x:\n    …",
        "while x not in KINDS:\n    x = input()\n    if ok:\n        break",
        "known = x in KINDS",
        "if re.match('[a-z]+', x):\n    log(x)",
        "if re.search('[^a-z]', x):\n    …",
        "if is_valid(x):\n    raise ValueError",
        "if is_admin(x):\n    …",
        "if validate(y):\n    …",
        "validate(y)",
        "quote(x)",
        "sql.Identifier(x)",
        "check_not_empty(x)",
        "try:\n    validate(x)\nexcept ValueError:\n    pass",
        "assert x in KINDS\nx = y",
        "assert x in KINDS\nx += y",
        "def other(x):\n    assert x in KINDS",
        "x = y if x in KINDS else str(len(x))",
        "x = x if x not in KINDS else str(len(x))",
        "x = ', '.join(one for one in x if one not in KINDS)",
    ],
)
def test_a_check_that_says_nothing_of_the_place(body: str) -> None:
    assert len(after_python(body)) == 1


def test_a_part_that_is_checked() -> None:
    code = "def find(cursor, request):\n    if request.args['q'] not in KINDS:\n        {}\n"
    code += "    cursor.execute(f\"select a from t where b = '{{request.args['q']}}'\")\n"
    assert pasted(code.format("abort(400)")) == []
    assert len(pasted(code.format("log(400)"))) == 1


def after_typescript(body: str) -> list[Pasted]:
    """Give what is pasted of a parameter `x` behind (`…` for: in) these statements of a function."""
    call = "await pool.query(`select a from t where b = '${x}'`);"
    lines = body.replace("…", call) if "…" in body else f"{body}\n{call}"
    head = 'import { pool, KINDS, BANNED, schema } from "./db";\n'
    return pasted(f"{head}export async function find(x: string, y: string, ok: boolean) {{\n{lines}\n}}\n", "src/a.ts")


@pytest.mark.parametrize(
    "body",
    [
        "if (KINDS.includes(x)) { … }",
        "if (!KINDS.includes(x)) { log(x); } else { … }",
        "if (!KINDS.includes(x)) { log(x); return []; }",
        "if (!KINDS.has(x)) process.exit(1);",
        "if (!KINDS.includes(x)) x = 'a';",
        "if (!x || !KINDS.includes(x)) return;",
        "if (x && !KINDS.includes(x)) throw new Error(x);",
        "if (x !== undefined) { if (!KINDS.includes(x)) throw new Error(x); }",
        "if (ok && KINDS.includes(x)) { … }",
        "if (!KINDS.includes(x)) { if (ok) { return 1; } else { throw new Error(x); } }",
        "if (!KINDS.includes(x.toLowerCase())) return;",
        "if (KINDS.indexOf(x) === -1) return;",
        "if (KINDS.indexOf(x) >= 0) { … }",
        "if (x === 'a' || x === 'b') { … }",
        "for (const one of KINDS) { if (!KINDS.includes(x)) continue; … }",
        "while (!KINDS.includes(x)) { x = prompt('kind'); }",
        "const known = KINDS.includes(x); if (!known) throw new Error(x);",
        "if (/[^a-z]/.test(x)) throw new Error(x);",
        "if (!/^[a-z]+$/.test(x)) throw new Error(x);",
        "if (!x.match(/^[a-z]+$/)) return;",
        "if (isNaN(x)) return;",
        "if (isValid(x)) { … }",
        "if (isInvalid(x)) return;",
        "if (!schema.safeParse(x).success) return;",
        "const { error } = schema.validate(x); if (error) throw error;",
        "validate(x);",
        "await assertKnown(x);",
        "assert(KINDS.includes(x));",
        "try { validate(x); } catch { return []; }",
        "try { validate(x); … } catch { log(x); }",
        "return KINDS.includes(x) && await pool.query(`select a from t where c = '${x}'`); //…",
        "const z = KINDS.includes(x) ? x : 'a'; x = z;",
        "switch (ok) { case true: if (!KINDS.includes(x)) return; … }",
    ],
)
def test_a_check_in_typescript_that_holds_where_the_value_is_used(body: str) -> None:
    assert after_typescript(body if "pool" not in body else f"{body} …"[:-1] + "\n//…") == []


@pytest.mark.parametrize(
    "body",
    [
        "if (BANNED.includes(x)) throw new Error(x);",
        "if (!KINDS.includes(x)) { … }",
        "if (KINDS.includes(x)) { log(x); }",
        "if (!KINDS.includes(x)) { log(x); }",
        "if (!KINDS.includes(x)) y = 'a';",
        "if (ok && !KINDS.includes(x)) throw new Error(x);",
        "if (ok || KINDS.includes(x)) { … }",
        "if (ok) { if (!KINDS.includes(x)) throw new Error(x); }",
        "if (!KINDS.includes(x)) { if (ok) throw new Error(x); }",
        "if (KINDS.indexOf(x) === -1) { … }",
        "if (KINDS.indexOf(x) >= 0) return;",
        "if (x === 'a') { log(x); }",
        "if (x) { … }",
        "while (!KINDS.includes(x)) { x = prompt('kind'); if (ok) break; }",
        "const known = KINDS.includes(x);",
        "if (/[^a-z]/.test(x)) { … }",
        "if (/^[a-z]+$/.test(x)) return;",
        "if (isNaN(x)) { … }",
        "if (isValid(x)) return;",
        "if (isAdmin(x)) { … }",
        "if (!schema.safeParse(y).success) return;",
        "const { error } = schema.validate(x);",
        "validate(y);",
        "assert(x);",
        "mysql.escape(x);",
        "assertDefined(x);",
        "try { validate(x); } catch { log(x); }",
        "assert(KINDS.includes(x)); x = y;",
        "const other = (x: string) => { assert(KINDS.includes(x)); };",
        "const z = KINDS.includes(x) ? 'a' : x; x = z;",
    ],
)
def test_a_check_in_typescript_that_says_nothing_of_the_place(body: str) -> None:
    assert len(after_typescript(body)) == 1


@pytest.mark.parametrize(("checked", "count"), [("request", 1), ("request.body.x", 0), ("body", 0)])
def test_a_request_that_is_looked_at_as_a_whole_clears_no_field(checked: str, count: int) -> None:
    code = f"def find(cursor, request):\n    body = request.body\n    validate({checked})\n"
    value = "body.x" if checked == "body" else "request.body.x"
    assert len(pasted(code + f"    cursor.execute(f\"select a from t where b = '{{{value}}}'\")\n")) == count
    code = f"app.post('/', (request, res) => {{ const body = request.body; validate({checked});\n"
    assert len(pasted(code + f"pool.query(`select a from t where b = '${{{value}}}'`); }});\n", "src/a.ts")) == count
