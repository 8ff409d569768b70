"""JavaScript and TypeScript documents: positions, names, constants, objects, loops, and hostile files."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest

from leaktight.languages.javascript import JavascriptDocument, parse_javascript
from leaktight.source import Language, NotAnalysable, Region, Source
from leaktight.text import Span


def parse(text: str, language: Language = Language.JAVASCRIPT) -> JavascriptDocument:
    source = Source("app.ts", text, language)
    return parse_javascript(Region.whole(source), source)


def call(document: JavascriptDocument, name: str):
    found = [node for node in document.find("call_expression", "new_expression") if document.callee_name(node) == name]
    assert len(found) == 1, [document.text_of(node) for node in found]
    return found[0]


# Grammars and positions


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("const a = <Row key={1}>x</Row>; run(a);", Language.JAVASCRIPT),
        ("import x from 'x'; export default run(x);", Language.JAVASCRIPT),
        ("const r = require('r'); module.exports = run(r);", Language.JAVASCRIPT),
        ("const a: Map<string, number> = <any>run(1);", Language.TYPESCRIPT),
        ("enum A { B } function run<T>(x: T): x is T & A { return true } run(1);", Language.TYPESCRIPT),
        ("const a = <Row<string> key={1}/>; const b = a as Foo; run(b satisfies Bar);", Language.TSX),
    ],
)
def test_each_language_parses_without_errors(text: str, language: Language) -> None:
    document = parse(text, language)
    assert not document.root.has_error
    assert call(document, "run") is not None


@pytest.mark.parametrize("prefix", ["", "é", "日本", "🐘", "𝒳é日🐘x", "\r\n\r\n", "// 🐘\r\n", "\u2028"])
def test_spans_are_code_points(prefix: str) -> None:
    text = f"/*{prefix}*/ db.query('a🐘b');\r\nconst é = run(`日${{x}}🐘`);"
    document = parse(text)
    for name, whole in (("query", "db.query('a🐘b')"), ("run", "run(`日${x}🐘`)")):
        node = call(document, name)
        start = text.index(whole)
        assert document.span(node) == Span(start, start + len(whole))
        assert document.text_of(node) == whole
        assert document.slice(document.name_span(node)) == name
        assert document.node_at(document.span(node)) == node


def test_a_lone_surrogate_keeps_positions() -> None:
    text = "const a = '\ud800'; run(a)"
    assert parse(text).text_of(call(parse(text), "run")) == "run(a)"


def test_tree_sitter_is_imported_with_the_first_document_only() -> None:
    code = (
        "import sys; import leaktight.languages.javascript, leaktight.embedding.javascript;"
        "print('tree_sitter' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env={"PYTHONPATH": ":".join(sys.path)}
    )
    assert done.stdout.strip() == "False"


@pytest.mark.parametrize("types", ["<User>", "<User[]>", "<{ id: string }[]>", "<Array<{ n: bigint }>>", "<\n Row\n>"])
def test_a_typed_tag_is_a_call(types: str) -> None:
    text = f"const rows = await tx.sql{types}`select ${{id}}`; const more = a < b;"
    document = parse(text, Language.TYPESCRIPT)
    tag = call(document, "sql")
    assert document.receiver(tag) == "tx"
    assert [node.type for node in document.arguments(tag)] == ["template_string"]
    assert document.text_of(tag) == f"tx.sql{types}`select ${{id}}`"
    assert not document.root.has_error


@pytest.mark.parametrize(
    "text", ["const a = `Array<${x}>`; f(a)", "const a = `x<b>`; f(a)", "const a = '<b>' + `c`; f(a)"]
)
def test_angles_inside_a_template_are_left_alone(text: str) -> None:
    document, plain = parse(text, Language.TYPESCRIPT), parse(text, Language.JAVASCRIPT)
    assert str(document.root) == str(plain.root)


def test_find_knows_types_outside_the_index() -> None:
    document = parse("if (a) { b(); } else { c(); } if (d) e();")
    assert [document.text_of(node)[:6] for node in document.find("if_statement")] == ["if (a)", "if (d)"]
    assert len(document.find("call_expression")) == 3
    assert [document.text_of(node)[:1] for node in document.find("call_expression", "if_statement")] == list("ibcie")


# Names


def test_imports_of_every_form() -> None:
    document = parse(
        "import fs, { a as b, c } from 'm'; import * as ns from 'n'; import type T from 't'; import q = require('pg');\n"
        "const { Pool, Client: C } = require('pg'); const k = require('knex'); const P = require('x').Inner;\n"
        "const { d } = await import('dyn'); const no = other('z');",
        Language.TYPESCRIPT,
    )
    assert dict(document.imports) == {
        "fs": ("m", "default"),
        "b": ("m", "a"),
        "c": ("m", "c"),
        "ns": ("n", "*"),
        "T": ("t", "default"),
        "q": ("pg", "*"),
        "Pool": ("pg", "Pool"),
        "C": ("pg", "Client"),
        "k": ("knex", "*"),
        "P": ("x", "Inner"),
        "d": ("dyn", "d"),
    }


@pytest.mark.parametrize(
    ("text", "name", "receiver"),
    [
        ("x()", "x", ""),
        ("a.b.x()", "x", "a.b"),
        ("a?.x?.(1)", "x", "a"),
        ("this.#db.x()", "x", "this.#db"),
        ("a['x'](1)", "x", "a"),
        ("new N.x({})", "x", "N"),
        ("(await f()).x()", "x", "await f()"),
        ("a.x`t`", "x", "a"),
        ("(a as any).x()", "x", "a"),
        ("a!.x()", "x", "a"),
    ],
)
def test_callee_and_receiver(text: str, name: str, receiver: str) -> None:
    document = parse(text, Language.TYPESCRIPT)
    node = document.find("call_expression", "new_expression")[0]
    assert (document.callee_name(node), document.receiver(node)) == (name, receiver)
    assert document.slice(document.name_span(node)) == name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("function load() { x(); }", "load"),
        ("const load = async () => { x(); };", "load"),
        ("const load = function () { x(); };", "load"),
        ("exports.handler = async (e) => { x(); };", "handler"),
        ("export const handler = middy(async () => { x(); });", "handler"),
        ("class A { async load() { x(); } }", "A.load"),
        ("class A { load = () => { x(); }; }", "A.load"),
        ("const repo = { find() { x(); } };", "repo.find"),
        ("const repo = { find: async () => x() };", "repo.find"),
        ("const a = { b: { c() { x(); } } };", "a.b.c"),
        ("items.map((i) => x(i));", ""),
        ("export default function () { x(); }", ""),
        ("const { a } = () => x();", ""),
    ],
)
def test_function_names(text: str, name: str) -> None:
    document = parse(text, Language.TYPESCRIPT)
    function = document.function_of(call(document, "x"))
    assert function is not None
    assert document.function_name(function) == name


def test_decorators_and_parameters() -> None:
    document = parse(
        "class A { @Get('/x') @Auth() async one(@Param() id: string, { a, b: [c] }: X, ...rest) { x(); } }",
        Language.TYPESCRIPT,
    )
    function = document.function_of(call(document, "x"))
    assert function is not None
    assert [document.text_of(node) for node in document.decorators(function)] == ["@Get('/x')", "@Auth()"]
    assert document.parameters(function) == ["id", "a", "c", "rest"]


# Constants


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("const a = 'v'; f(a)", "v"),
        ("let a; a = 'v'; f(a)", "v"),
        ("const a = 'v', b = a; f(b)", "v"),
        ("const a = 'v' as const; f(a)", "v"),
        ("f('a' + `b` + \"c\")", "abc"),
        ("f('it\\'s\\n\\u0041\\x42\\u{1F418}')", "it's\nAB🐘"),
        ("f('a\\\nb')", "ab"),
        ("const o = { k: 'v' }; f(o.k)", "v"),
        ("const o = { 'k': 'v' }; f(o['k'])", "v"),
        ("const { k } = { k: 'v' }; f(k)", "v"),
        ("const { k: n } = { k: 'v' }; f(n)", "v"),
        ("class A { q = 'v'; m() { f(this.q); } }", "v"),
        ("class A { #q = 'v'; m() { f(this.#q); } }", "v"),
        ("class A { constructor() { this.q = 'v'; } m() { f(this.q); } }", "v"),
        ("class A { static q = 'v'; } f(A.q)", "v"),
        ("const a = 'no'; { const a = 'v'; f(a); }", "v"),
        ("const a = 'v'; { const a = 'no'; } f(a)", "v"),
        ("const a = 'v'; function g(b) { f(a); }", "v"),
        # Not known
        ("let a = 'v'; a = 'w'; f(a)", None),
        ("let a = 'v'; a += 'w'; f(a)", None),
        ("function g(a = 'v') { f(a); }", None),
        ("const a = 'v'; function g(a) { f(a); }", None),
        ("for (const a of ['v']) f(a)", None),
        ("import a from 'v'; f(a)", None),
        ("const o = { k: 'v' }; o.k = 'w'; f(o.k)", "w"),
        ("const o = { k: 'v' }; if (x) o.k = 'w'; f(o.k)", "v"),
        ("const o = { ...rest, k: 'v' }; f(o.k)", None),
        ("class A { q = 'v'; m() { this.q = 'w'; f(this.q); } }", None),
        ("f(`a${b}`)", None),
        ("f('a' - 'b')", None),
        ("const a = a; f(a)", None),
        ("const a = b, b = a; f(a)", None),
    ],
)
def test_string_values(text: str, value: str | None) -> None:
    document = parse(text, Language.TYPESCRIPT)
    assert document.string_value(document.arguments(call(document, "f"))[0]) == value


def test_template_parts_cover_the_inside() -> None:
    document = parse("f(`a ${x} ${y}\\n${/* c */ z.k}`)")
    template = document.arguments(call(document, "f"))[0]
    parts = document.template_parts(template)
    assert [document.slice(part.span) for part in parts] == ["a ", "${x}", " ", "${y}", "\\n", "${/* c */ z.k}"]
    assert [part.expression and document.text_of(part.expression) for part in parts] == [
        None,
        "x",
        None,
        "y",
        None,
        "z.k",
    ]


def test_pieces_keep_escapes_apart() -> None:
    document = parse(r"f('a\'b\u0041')")
    pieces = document.pieces(document.arguments(call(document, "f"))[0])
    assert [(piece.text, piece.verbatim) for piece in pieces] == [("a", True), ("'", False), ("b", True), ("A", False)]
    assert "".join(document.slice(piece.span) for piece in pieces) == r"a\'b\u0041"


def test_declarations_are_those_in_scope() -> None:
    document = parse("let a = 1; function g(a) { a = 2; f(a); } a = 3;")
    found = document.declarations("a", document.arguments(call(document, "f"))[0])
    assert [(one.kind, one.value and document.text_of(one.value)) for one in found] == [
        ("parameter", None),
        ("assignment", "2"),
    ]
    assert [one.kind for one in document.declarations("a", document.root)] == ["let", "assignment"]
    assert document.declarations("nowhere", document.root) == []


# Objects


def view_of(text: str, name: str = "f"):
    document = parse(text, Language.TYPESCRIPT)
    return document, document.object_literal(document.arguments(call(document, name))[0])


def properties(text: str) -> tuple[dict[str, tuple[str, bool]], bool]:
    document, view = view_of(text)
    assert view is not None
    return {name: (document.text_of(one.value), one.maybe) for name, one in view.properties.items()}, view.complete


@pytest.mark.parametrize(
    ("text", "expected", "complete"),
    [
        ("f({ a: 1, 'b': 2, c, ['d']: 3, m() {} })", {"a": "1", "b": "2", "c": "c", "d": "3", "m": "m() {}"}, True),
        ("const p = { a: 1 }; f(p)", {"a": "1"}, True),
        ("const base = { a: 1, b: 1 }; f({ ...base, b: 2 })", {"a": "1", "b": "2"}, True),
        ("f({ a: 1, ...{ a: 2 } })", {"a": "2"}, True),
        ("const p = { a: 1 }; p.b = 2; p['c'] = 3; f(p)", {"a": "1", "b": "2", "c": "3"}, True),
        ("const p = {}; Object.assign(p, { a: 1 }); f(p)", {"a": "1"}, True),
        ("f(Object.assign({}, { a: 1 }))", {"a": "1"}, True),
        ("const p = { a: 1 }; delete p.a; f(p)", {}, True),
        ("const p: X = { a: 1 } as X; f(p!)", {"a": "1"}, True),
        ("class A { p = { a: 1 }; m() { f(this.p); } }", {"a": "1"}, True),
        ("const p = { a: 1 }; f(p); p.b = 2;", {"a": "1"}, True),
        ("const p = { a: 1 }; function g() { const p = {}; p.b = 2; } f(p)", {"a": "1"}, True),
        ("const p = { a: 1 }; console.log(p); client.scan(p); f(p)", {"a": "1"}, True),
        # What cannot be seen
        ("f({ ...rest, a: 1 })", {"a": "1"}, False),
        ("f({ [k]: 1 })", {}, False),
        ("const p = { a: 1 }; p[k] = 1; f(p)", {"a": "1"}, False),
        ("const p = { a: 1 }; fill(p); f(p)", {"a": "1"}, False),
        ("const p = { a: 1 }; helper.addFilter(p, x); f(p)", {"a": "1"}, False),
        ("const p = { a: 1 }; Object.assign(p, other); f(p)", {"a": "1"}, False),
    ],
)
def test_objects(text: str, expected: dict[str, str], complete: bool) -> None:
    found, whole = properties(text)
    assert {name: value for name, (value, _) in found.items()} == expected
    assert whole is complete


@pytest.mark.parametrize(
    "text",
    [
        "const p = {}; if (x) p.a = 1; f(p)",
        "const p = {}; if (x) { p.a = 1; } f(p)",
        "const p = {}; try { g(); } catch (e) { p.a = 1; } f(p)",
        "const p = {}; for (const k of ks) { p.a = k; } f(p)",
        "const p = {}; do { f(p); p.a = 1; } while (p.a)",
        "const p = {}; g(() => { p.a = 1; }); f(p)",
        "f({ ...(x && { a: 1 }) })",
        "f({ ...(x ? { a: 1 } : {}) })",
    ],
)
def test_properties_written_under_a_condition_are_maybe(text: str) -> None:
    _, view = view_of(text)
    assert view is not None
    assert view.properties["a"].maybe
    assert view.may_have("a")
    assert not view.certain("a")
    assert not view.may_have("b")


def test_a_write_beside_the_use_is_certain() -> None:
    _, view = view_of("if (x) { const p = {}; p.a = 1; f(p); }")
    assert view is not None
    assert view.certain("a")


def test_objects_that_hold_themselves_end() -> None:
    for text, names in (
        ("const a = { x: 1, ...a }; f(a)", {"x"}),
        ("const a = { x: 1 }, b = { y: 1 }; Object.assign(a, b); Object.assign(b, a); f(a)", {"x", "y"}),
        ("const a = { x: 1, ...b }, b = { y: 1, ...c, ...c }, c = { z: 1 }; f({ ...a, ...a, ...b })", {"x", "y", "z"}),
    ):
        _, view = view_of(text)
        assert view is not None
        assert set(view.properties) == names


def test_positions_of_parameters() -> None:
    document = parse("const f = async ({ a, b: [c] }, d = 1, ...e) => { let g; }", Language.TYPESCRIPT)
    [function] = document.find("arrow_function")
    assert document.parameter_names(function) == [["a", "c"], ["d"], ["e"]]
    assert document.parameters(function) == ["a", "c", "d", "e"]
    declared = {
        document.text_of(one): one for one in document.find("identifier", "shorthand_property_identifier_pattern")
    }
    assert {name: document.parameter_position(function, declared[name]) for name in "acdeg"} == {
        "a": 0, "c": 0, "d": 1, "e": 2, "g": None,
    }  # fmt: skip


@pytest.mark.parametrize("text", ["f(p)", "f(g())", "f(1)", "function g(p) { f(p); }", "let p = {}; p = q; f(p)"])
def test_no_object_where_none_can_be_seen(text: str) -> None:
    assert view_of(text)[1] is None


# Loops and promises


@pytest.mark.parametrize(
    ("text", "kind", "head", "variables", "iterates"),
    [
        ("for (const a of b) { x(a); }", "for", "for (const a of b)", {"a"}, "b"),
        ("for (const [k, v] of Object.entries(o)) x(k);", "for", "for (const [k, v] of Object.entries(o))", {"k", "v"}, "Object.entries(o)"),
        ("for (const k in o) x(k);", "for", "for (const k in o)", {"k"}, "o"),
        ("for await (const p of pages) x(p);", "for", "for await (const p of pages)", {"p"}, "pages"),
        ("for (let i = 0; i < 3; i++) { const r = g(i); x(r); }", "for", "for (let i = 0; i < 3; i++)", {"i", "r"}, "i < 3"),
        ("for (let i = 0; i < b.c.length; i++) { x(i); }", "for", "for (let i = 0; i < b.c.length; i++)", {"i"}, "b.c"),
        ("for (let i = b.length; 0 < i; i--) { x(i); }", "for", "for (let i = b.length; 0 < i; i--)", {"i"}, "0 < i"),
        ("for (;;) { x(); }", "while", "for (;;)", set(), ""),
        ("while (more) { x(); }", "while", "while (more)", set(), "more"),
        ("do { x(); } while (more);", "while", "do", set(), "more"),
        ("items.forEach((item) => { x(item); });", "callback", "items.forEach", {"item"}, "items"),
        ("items.map(async ({ id }) => x(id));", "callback", "items.map", {"id"}, "items"),
        ("items.reduce(async (all, item) => { await x(item); }, p);", "callback", "items.reduce", {"item"}, "items"),
        ("Promise.all(items.map((i) => x(i)));", "callback", "items.map", {"i"}, "items"),
        ("for (const a of b) { await tx.transaction(async (t) => { x(a); }); }", "for", "for (const a of b)", {"a"}, "b"),
        ("for (const a of b) { g(a).then(() => x(a)); }", "for", "for (const a of b)", {"a"}, "b"),
        ("for (const a of b) { (async () => { x(a); })(); }", "for", "for (const a of b)", {"a"}, "b"),
    ],
)  # fmt: skip
def test_loops(text: str, kind: str, head: str, variables: set[str], iterates: str) -> None:
    document = parse(text)
    loop = document.loop_of(call(document, "x"))
    assert loop is not None
    assert (loop.kind, document.slice(loop.head), set(loop.variables), loop.iterates) == (
        kind,
        head,
        variables,
        iterates,
    )


@pytest.mark.parametrize(
    "text",
    [
        "x();",
        "for (const a of x()) { g(a); }",
        "for (let i = x(); i < 3; i++) { g(i); }",
        "x().map((a) => a);",
        "for (const r of routes) { app.get(r, async () => { x(r); }); }",
        "for (const a of b) { function g() { x(); } }",
        "for (const a of b) { class C { m() { x(); } } }",
        "db.each('select 1', (row) => x(row));",
        "emitter.on('a', () => x());",
    ],
)
def test_not_in_a_loop(text: str) -> None:
    document = parse(text)
    assert document.loop_of(call(document, "x")) is None


def test_a_loop_over_a_literal_is_counted() -> None:
    document = parse("const ts = ['a', 'b', 'c']; for (const t of ts) x(t);")
    loop = document.loop_of(call(document, "x"))
    assert loop is not None
    assert loop.literal_items == 3


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("await x()", True),
        ("await x().promise()", True),
        ("const r = (await x()).rows", True),
        ("await Promise.all([x(), y()])", True),
        ("for await (const a of x()) {}", True),
        ("x()", False),
        ("const p = x()", False),
        ("await g(x())", False),
        ("Promise.all([x()])", False),
        ("await g(() => x())", False),
    ],
)
def test_awaited(text: str, expected: bool) -> None:
    document = parse(text)
    assert document.awaited(call(document, "x")) is expected


def test_comments() -> None:
    document = parse("// one 🐘\nx(/* two */); <a>{/* three */}</a>")
    assert [text for _, text in document.comments()] == ["// one 🐘", "/* two */", "/* three */"]


# Hostile files


@pytest.mark.parametrize(
    "text",
    [
        "(" * 5_000,
        "[" * 5_000 + "]" * 5_000,
        "f(" * 5_000 + ")" * 5_000,
        "{" * 5_000,
        "a => " * 5_000 + "1",
        "!" * 20_000 + "a",
        "if (a) {} else " * 5_000 + "{}",
        "`${" * 3_000 + "1" + "}`" * 3_000,
        " + ".join(["f(1)"] * 20_000).replace(" + ", " +\n"),
    ],
)
@pytest.mark.parametrize("language", [Language.JAVASCRIPT, Language.TYPESCRIPT])
def test_deep_nesting_is_refused_and_quickly(text: str, language: Language) -> None:
    start = time.monotonic()
    with pytest.raises(NotAnalysable):
        parse(text, language)
    assert time.monotonic() - start < 60


def test_long_concatenations_are_read() -> None:
    document = parse("f(" + " +\n".join(["'a'"] * 150) + ")")
    assert document.string_value(document.arguments(call(document, "f"))[0]) == "a" * 150


@pytest.mark.parametrize("text", ["x" * 1_000_000, "var a='" + "b" * 200_000 + "'", "f();" * 300_000])
def test_minified_files_are_refused(text: str) -> None:
    with pytest.raises(NotAnalysable, match="minified"):
        parse(text)


@pytest.mark.parametrize(
    "text", ["", "\n", "\0", "a();\0b()", "'\0'", "\ufeff", "`", "'", "/*", "a(", "}", "${", "<a>" * 5_000]
)
@pytest.mark.parametrize("language", [Language.JAVASCRIPT, Language.TYPESCRIPT, Language.TSX])
def test_odd_texts_never_crash(text: str, language: Language) -> None:
    try:
        document = parse(text, language)
    except NotAnalysable:
        return
    for node in document.find("string", "template_string", "call_expression", "comment"):
        assert document.text_of(node) == text[slice(*document.span(node))]
        document.loop_of(node)
        document.string_value(node)


def test_errors_that_keep_the_parser_busy_for_ever_are_refused() -> None:
    start = time.monotonic()
    with pytest.raises(NotAnalysable, match="no way through its errors"):
        parse("(<f t{``}`}{}</>}v r();\n\\", Language.TSX)
    assert time.monotonic() - start < 60
    assert not parse("f(<a/>)", Language.TSX).root.has_error


def test_a_broken_stretch_costs_itself() -> None:
    document = parse("const a = ;\nfunction g() { run('x'); }\nconst = 3;\n" + "ok();\n" * 20)
    assert document.root.has_error
    assert document.string_value(document.arguments(call(document, "run"))[0]) == "x"


def test_another_language_is_refused() -> None:
    with pytest.raises(NotAnalysable, match="not JavaScript"):
        parse("def f(x):\n    return {% if x %} %s %d ::: @@ <<<< >>>> ### {% endif %}\n" * 30)
