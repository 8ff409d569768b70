from __future__ import annotations

import ast
import textwrap

import pytest

from leaktight.languages.python import NOT_LITERAL, BindingKind, PythonDocument, literal_pieces, parse_python
from leaktight.source import Language, NotAnalysable, Region, Source
from leaktight.text import Span


def parse(text: str) -> PythonDocument:
    text = textwrap.dedent(text)
    source = Source("job.py", text, Language.PYTHON)
    return parse_python(Region.whole(source), source)


def first_call(document: PythonDocument, name: str) -> ast.Call:
    return next(call for call in document.find(ast.Call) if document.callee_name(call) == name)


def name_node(document: PythonDocument, name: str, nth: int = -1) -> ast.Name:
    return [n for n in document.find(ast.Name) if n.id == name and isinstance(n.ctx, ast.Load)][nth]


def test_spans_count_code_points() -> None:
    document = parse('ünï = "äö𝄞"; run(ünï, "é")\r\nnext_line("ß") # ü\r')
    assert [document.text_of(call) for call in document.find(ast.Call)] == ['run(ünï, "é")', 'next_line("ß")']
    assert document.text_of(document.tree) == document.text


def test_spans_of_nodes_without_a_place() -> None:
    document = parse("def f(a, b=1): pass\nx = [i for i in range(3) if i]\n")
    assert document.text_of(next(document.find(ast.arguments))) == "a, b=1"
    assert document.text_of(next(document.find(ast.comprehension))) == "i in range(3) if i"


@pytest.mark.parametrize(
    "text",
    [
        'f"""\n  {datetime.now()}\n {x[\'a\']:>{width}} ü {a.b(c)!r} """',
        'f"é {datetime.now()} {x[0]:>{width}}" "plain" f"{a.b(c)!r}"',
        "f\"{datetime.now()}{f'{x[0]}'}{a.b(c)=}{width}\"",
    ],
)
def test_spans_inside_fstrings(text: str) -> None:
    document = parse(f"y = 1\nz = {text}\n")
    assert [document.text_of(call) for call in document.find(ast.Call)] == ["datetime.now()", "a.b(c)"]
    assert document.text_of(name_node(document, "c")) == "c"
    assert document.text_of(name_node(document, "x")) == "x"


def test_find_goes_by_the_source() -> None:
    document = parse(
        """
        @first
        def f(a=second, *, b=third) -> fourth:
            g(fifth, k=sixth, *seventh, **eighth)
            return {ninth: tenth, **eleventh} if twelfth else thirteenth
        """
    )
    names = [n.id for n in document.find(ast.Name) if n.id != "g"]
    assert names == [
        "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh",
        "twelfth", "thirteenth",
    ]  # fmt: skip


def test_find_in_stays_inside() -> None:
    document = parse("def f():\n    a(b(1))\n\ndef g():\n    c()\n")
    function = document.module_functions["f"]
    assert [document.callee_name(call) for call in document.find_in(function, ast.Call)] == ["a", "b"]
    assert list(document.find_in(document.tree, ast.Await)) == []


def test_find_merges_kinds_in_order() -> None:
    document = parse("async def a(): pass\ndef b(): pass\nasync def c(): pass\n")
    assert [n.name for n in document.index.nodes_of(ast.FunctionDef, ast.AsyncFunctionDef)] == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("imports", "expression", "path"),
    [
        ("import pandas as pd", "pd.read_sql", "pandas.read_sql"),
        ("from airflow.models import DAG", "DAG", "airflow.models.DAG"),
        ("import boto3", "boto3.client", "boto3.client"),
        ("import google.cloud.bigquery", "google.cloud.bigquery.Client", "google.cloud.bigquery.Client"),
        ("from . import db", "db.run", ".db.run"),
        ("from ..base import db as d", "d.run", "..base.db.run"),
        ("", "open", "open"),
        ("", "unknown.read", None),
        ("def open(): pass", "open", None),
        ("import pandas as pd\npd = 3", "pd.read_sql", "pandas.read_sql"),
    ],
)
def test_qualified_name(imports: str, expression: str, path: str | None) -> None:
    document = parse(f"{imports}\n{expression}(1)\n")
    assert document.qualified_name(list(document.find(ast.Call))[-1].func) == path


def test_a_parameter_hides_an_import() -> None:
    document = parse("import db\ndef f(db):\n    db.run()\n")
    assert document.qualified_name(first_call(document, "run").func) is None
    assert document.modules == {"db"}


def test_arguments_and_names_of_a_call() -> None:
    document = parse('self.db . execute("x", 2, many=True, **rest)\nf(*a, 3)\ng()()\n')
    call = first_call(document, "execute")
    assert document.text_of(document.argument(call, 1, "count")) == "2"
    assert document.text_of(document.argument(call, 7, "many")) == "True"
    assert document.argument(call, 7, "none") is None
    assert document.argument(first_call(document, "f"), 1) is None
    assert document.slice(document.name_span(call)) == "execute"
    assert [document.slice(document.keyword_name_span(k)) for k in call.keywords] == ["many", "**"]
    assert document.text_of(document.receiver(call)) == "self.db"
    assert document.callee_name(first_call(document, "")) == ""


def test_functions() -> None:
    document = parse(
        """
        class Loader:
            @task(retries=3)
            def load(self, rows, *more, key=None, **rest):
                return map(lambda r: save(r), rows)
        """
    )
    call = first_call(document, "save")
    assert isinstance(document.function_of(call), ast.Lambda)
    info = document.function(call)
    assert info is not None
    assert (info.name, info.decorators) == ("Loader.load", ("task(retries=3)",))
    assert info.parameters == ("self", "rows", "key", "more", "rest")
    assert list(document.module_functions) == ["Loader.load"]
    assert document.function_of(first_call(document, "task")) is None


@pytest.mark.parametrize(
    ("text", "in_loop"),
    [
        ("for r in rows:\n    run(r)\n", True),
        ("for r in run(rows):\n    pass\n", False),
        ("for r in rows:\n    pass\nelse:\n    run()\n", False),
        ("while run():\n    pass\n", True),
        ("[run(r) for r in rows]\n", True),
        ("[r for r in run(rows)]\n", False),
        ("[s for r in rows for s in run(r)]\n", True),
        ("for r in rows:\n    def f():\n        run()\n", False),
        ("run()\n", False),
    ],
)
def test_loop_of(text: str, in_loop: bool) -> None:
    document = parse(text)
    assert (document.loop_of(first_call(document, "run")) is not None) is in_loop


def test_calls_of_a_function() -> None:
    document = parse("class A:\n    def f(self): self.g(1)\n    def g(self, x): pass\ng(2)\nother.g(3)\n")
    assert [document.text_of(call) for call in document.calls_of("A.g")] == ["self.g(1)", "g(2)"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("X = 'a'\nuse(X)\n", "'a'"),
        ("X = 'a'\ndef f():\n    use(X)\n", "'a'"),
        ("X = 'a'\nX = 'b'\nuse(X)\n", "'b'"),
        ("X = 'a'\nX = 'b'\ndef f():\n    use(X)\n", "X"),
        ("def f():\n    X = 'a'\n    use(X)\n    X = 'b'\n", "'a'"),
        ("def f():\n    for i in r:\n        use(X)\n        X = 'b'\n", "X"),
        ("if a:\n    X = 'a'\nelse:\n    X = 'b'\nuse(X)\n", "X"),
        ("if a:\n    X = 'a'\nelse:\n    X = 'b'\n    use(X)\n", "'b'"),
        ("with db() as c:\n    X = 'a'\nuse(X)\n", "'a'"),
        ("X, Y = 'a', 'b'\nuse(X)\n", "'a'"),
        ("def f():\n    global X\n    X = 'a'\nuse(X)\n", "X"),
        ("class A:\n    X = 'a'\n    def f(self):\n        use(self.X)\n", "'a'"),
        ("class A:\n    def __init__(self):\n        self.X = 'a'\n    def f(self):\n        use(self.X)\n", "'a'"),
        ("class A:\n    X = 'a'\nuse(A.X)\n", "'a'"),
        ("class A:\n    X = 'a'\n    def f(self):\n        use(X)\n", "X"),
        ("def f(X='a'):\n    use(X)\n", "X"),
        ("X = 'a'\nX += 'b'\nuse(X)\n", "X"),
    ],
)
def test_value_of(text: str, value: str) -> None:
    document = parse(text)
    call = first_call(document, "use")
    assert document.text_of(document.value_of(call.args[0])) == value.replace("X", ast.unparse(call.args[0]))


def test_reaching_gives_ways_with_their_additions() -> None:
    document = parse(
        """
        def f(a, b):
            q = "1"
            if a:
                q = "2"
            q += "3"
            if b:
                q += "4"
            else:
                q += "5"
            use(q)
        """
    )
    ways = document.scopes.reaching("q", name_node(document, "q"))
    texts = [[document.text_of(b.value) for b in way if b.value is not None] for way in ways]
    assert texts == [['"1"', '"3"', '"4"'], ['"2"', '"3"', '"4"']]


def test_reaching_does_not_guess_in_loops() -> None:
    document = parse("q = 'a'\nfor c in cs:\n    q += c\nuse(q)\n")
    assert document.scopes.reaching("q", name_node(document, "q")) == []


def test_a_default_reaches_as_a_parameter() -> None:
    document = parse("def f(q='a'):\n    use(q)\n")
    ((binding,),) = document.scopes.reaching("q", name_node(document, "q"))
    assert binding.kind is BindingKind.PARAMETER


def test_assignments_and_constants() -> None:
    document = parse("A = 1\nA = 2\nB = 3\nuse(A, B)\n")
    assert [document.text_of(b.node) for b in document.assignments("A")] == ["A = 1", "A = 2"]
    assert document.constant(name_node(document, "A")) is None
    assert document.literal(document.constant(name_node(document, "B"))) == 3


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (
            "class A:\n    sql: str\n    def __init__(self):\n        self.sql = 1\n    def f(self):\n        use(self.sql)\n",
            "1",
        ),
        (
            "class A:\n    def __init__(self):\n        self.sql: int\n        self.sql = 1\n        use(self.sql)\n",
            "1",
        ),
        ("sql: int\nsql = 1\nuse(sql)\n", "1"),
        ("def f():\n    sql: int\n    if x:\n        sql = 1\n    else:\n        sql = 1\n    use(sql)\n", "sql"),
        (
            "class A:\n    sql: int = 2\n    def __init__(self):\n        self.sql = 1\n        use(self.sql)\n",
            "self.sql",
        ),
        (
            "@dataclass\nclass A:\n    sql: int\n    def f(self):\n        self.sql = 1\n        use(self.sql)\n",
            "self.sql",
        ),
        ("class A(Base):\n    sql: int\n    def f(self):\n        self.sql = 1\n        use(self.sql)\n", "self.sql"),
    ],
)
def test_a_bare_annotation_gives_no_value(text: str, value: str) -> None:
    document = parse(text)
    assert document.text_of(document.value_of(first_call(document, "use").args[0])) == value


def test_literal_never_runs_code() -> None:
    document = parse("use({'a': [1, (2, None)]}, f(), -1)\n")
    call = first_call(document, "use")
    assert [document.literal(item) for item in call.args] == [{"a": [1, (2, None)]}, NOT_LITERAL, -1]


def test_comments() -> None:
    document = parse('"""Doc."""\ndef f():\n    """In."""\n    x = "#no"  # yes ü\r\n    # two\n')
    assert [(document.slice(span), text) for span, text in document.comments()] == [
        ("# yes ü", "# yes ü"), ("# two", "# two"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("literal", "pieces"),
    [
        ("'a\\nb'", ["a", "\n", "b"]),
        ("'\\x41\\101\\u00e4\\N{BULLET}\\d'", ["A", "A", "ä", "•", "\\d"]),
        ("r'a\\n' \"b\"", ["a\\n", "b"]),
        ("'''a\\\nb'''", ["a", "", "b"]),
        ("f'{{a}} {b!r:>{w}} c'", ["{", "a", "}", " ", None, " c"]),
        ("f\"{d['k']}{x != 1}{ {'a': 1}['a'] }\"", [None, None, None]),
        ("(b'x')", None),
    ],
)
def test_pieces_of_literals(literal: str, pieces: list[str | None] | None) -> None:
    if pieces is None:
        with pytest.raises(ValueError, match="no string literal"):
            literal_pieces(literal, Span(0, len(literal)))
        return
    found = literal_pieces(literal, Span(0, len(literal)))
    assert [piece.value for piece in found] == pieces
    for piece in found:
        if piece.verbatim:
            assert literal[piece.span.start : piece.span.end] == piece.value


def test_pieces_agree_with_the_interpreter() -> None:
    for literal in (r"'a\tb\'c' 'd'", r'"\\ \0 \x7f"', "'''x\n  y\\\n z'''", r"r'\s+' 's'", "u'ü\\\r\nb'"):
        found = literal_pieces(literal, Span(0, len(literal)))
        assert "".join(piece.value or "" for piece in found) == eval(literal.replace("\\\r\n", "\\\n"))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("def f(:\n", "syntax error"),
        ("x = \0", "null bytes"),
        ("print 'a'\n", "syntax error"),
        ("x = " + "(" * 5000, "too deep nesting"),
        ("x = " + "a + " * 100_000 + "a", "too deep nesting"),
        ("x = " + "-" * 200_000 + "1", "too deep nesting"),
        ("x = a" + ".b" * 200_000, "too deep nesting"),
        ("".join(" " * n + "if a:\n" for n in range(200)), "too deep nesting"),
        ("x = '\ud800'", "not Python text"),
    ],
)
def test_what_cannot_be_read_says_why(text: str, reason: str) -> None:
    with pytest.raises(NotAnalysable) as caught:
        parse(text)
    assert reason in caught.value.reason


def test_deep_but_readable_code_is_walked() -> None:
    document = parse("x = " + "[" * 150 + "f(1)" + "]" * 150)
    assert document.text_of(first_call(document, "f")) == "f(1)"


def test_a_syntax_error_knows_its_line() -> None:
    with pytest.raises(NotAnalysable) as caught:
        parse("a = 1\nb = = 2\n")
    assert caught.value.span == Span(6, 13)
    text = "# \x0c page \u2028 of a print\r\nb = = 2\r\n"
    with pytest.raises(NotAnalysable) as caught:
        parse(text)
    assert caught.value.span == Span(text.index("b ="), text.index("\r\n", -2))


def test_warnings_of_the_parser_stay_inside(recwarn: pytest.WarningsRecorder) -> None:
    parse("x = '\\d'\nif x is 'a': pass\n")
    assert not recwarn.list
