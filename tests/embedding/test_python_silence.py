"""What is no SQL, or not to be counted, and what cannot be known."""

from __future__ import annotations

import time

import pytest

from leaktight.embedding.call import Embedded
from leaktight.embedding.python import embed
from leaktight.languages.python import parse_python
from leaktight.source import Language, Region, Source


def found_in(text: str) -> Embedded:
    source = Source("jobs/load.py", text, Language.PYTHON)
    region = Region.whole(source)
    return embed(parse_python(region, source), region)


@pytest.mark.parametrize(
    "text",
    [
        '"""Select a from b where c = 1."""',
        'def f():\n    """SELECT a FROM t WHERE b = 1"""',
        'class A:\n    x: int\n    "SELECT a FROM t"',
        'logger.info("SELECT a FROM t WHERE b = 1")',
        'logging.getLogger().warning("DELETE FROM t WHERE a = %s", a)',
        'self.log.info("INSERT INTO t (a) VALUES (1)")',
        'print("SELECT a FROM t")',
        'print(f"select {a} from {t}")',
        'raise ValueError("SELECT a FROM t")',
        'raise DbError(f"UPDATE t SET a = {a}")',
        'parser.add_argument("--q", help="SELECT a FROM t")',
        'click.option("--q", help="SELECT a FROM t WHERE b = 1")',
        'x = {"SELECT a FROM t": 1}',
        'x = {"description": "SELECT a FROM t"}',
        'if sql == "SELECT a FROM t": pass',
        'x = sql.startswith("SELECT a FROM t")',
        'assert run(), "SELECT a FROM t"',
        'self.assertEqual("SELECT a FROM t", x)',
        'title = "Update on your order"',
        'subject = "Update your account set up"',
        'x = "Select a file to delete from the list of your files"',
        'x = "Select the best one from these."',
        'x = "Delete from list"',
        'x = "With love from Paris"',
        'x = f"with {tools} select the best one"',
        'x = f"With {tools} update your order"',
        'x = "create table"',
        'x = "Insert into the box"',
        'x = "SELECT"',
        'x = cache["SELECT a FROM t"]',
        'warnings.warn("SELECT a FROM t")',
        'client.execute_statement(Statement="SELECT a FROM t WHERE b = ?")',
        'client.execute_transaction(TransactStatements=[{"Statement": "DELETE FROM t WHERE a = ?"}])',
        'x = f"{a} SELECT a FROM t"',
    ],
)
def test_no_sql(text: str) -> None:
    assert found_in(text) == Embedded()


@pytest.mark.parametrize(
    "text",
    [
        "command.execute(ctx)",
        "executor.execute(task)",
        "handler.run(event)",
        'subprocess.run("ls -l")',
        "session.get(url)",
        "requests.session().execute(x)",
        "client.query(x)",
        "response = api.fetch(url)",
        'shutil.copy("update.txt", "b")',
        'PostgresOperator(task_id="x", sql="sql/load.sql")',
        'spark.sql(open("q.sql").read())',
        'from pathlib import Path\ncur.execute(Path("q.sql").read_text())',
        'from pathlib import Path\nQ = (Path(__file__).parent / "q.sql").read_text()\ncur.execute(Q)',
        'with open("q.sql") as f:\n    cur.execute(f.read())',
        "session.execute(select(User).where(User.id == 1))",
        "from sqlalchemy import insert\nq = insert(t).values(a=1)\nconn.execute(q)",
        'import pandas as pd\npd.read_sql("orders", conn)',
        "pd.read_sql(query.statement, conn)",
        'import boto3\nboto3.resource("dynamodb").Table("t").query(KeyConditionExpression=k)',
        'cfn.CfnTopicRule(sql="SELECT * FROM topic")',
        'cur.execute("")',
        "cur.execute(None)",
    ],
)
def test_nothing_to_report(text: str) -> None:
    assert found_in(text) == Embedded()


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("def f(cur, q):\n    cur.execute(q)", "q"),
        ("import psycopg2\nc = psycopg2.connect()\nc.cursor().execute(build(x))", "build(x)"),
        ("spark.sql(sys.argv[1])", "sys.argv[1]"),
        ("pd.read_sql(q, conn)", "q"),
        ('cur.execute(base + " LIMIT 10")', 'base + " LIMIT 10"'),
        ("q = 'SELECT a'\nfor c in cs:\n    q += c\ncur.execute(q)", "q"),
        ("PostgresOperator(task_id='x', sql=make())", "make()"),
        ("parts = ['SELECT a']\nparts.append(b)\ncur.execute(' '.join(parts))", "' '.join(parts)"),
    ],
)
def test_unfolded(text: str, where: str) -> None:
    found = found_in(text)
    assert found.calls == ()
    assert [text[u.span.start : u.span.end] for u in found.unfolded] == [where]
    assert found.unfolded[0].reason


@pytest.mark.parametrize(
    "text",
    [
        "x = " + "[" * 150 + "'SELECT a FROM t'" + "]" * 150,
        "q = " + " + ".join(['"SELECT a FROM t "'] * 800) + "\ncur.execute(q)",
        "a = b\nb = a\ncur.execute(a)",
        "def f():\n    return g()\ndef g():\n    return f()\ncur.execute(f())",
        "q = q\ncur.execute(q)",
        "q = f'{q}'\ncur.execute(q)",
        "class A:\n    x = x\n    def f(self):\n        cur.execute(self.x)",
        "cur.execute('SELECT {} {0} {x!r:>{y}} {'.format(*a, **b))",
        "cur.execute('SELECT %s %(a)s %' % b)",
        "cur.execute('SELECT %*d FROM t' % (1, 2))",
        "cur.execute(*args, **kwargs)",
        "cur.execute(''.join([]))",
        "cur.execute('SELECT a FROM t'.replace('', 'x'))",
        "cur.execute(f\"{f'{x}'}\")",
        "cur.execute(b'SELECT a FROM t')",
        "cur.execute({}['x'])\ncur.execute([][0])\ncur.execute({**a}['SELECT'])",
        "(lambda: cur.execute('SELECT a FROM t'))()",
        "BigQueryInsertJobOperator(configuration={'query': {**q}})",
        "for q in cur.execute(q): pass",
        "cur.execute('SELECT a FROM t WHERE b = \\ud800')",
        "x" + "()" * 300 + ".execute('SELECT a FROM t')",
    ],
)
def test_odd_code_is_survived(text: str) -> None:
    assert isinstance(found_in(text), Embedded)


@pytest.mark.parametrize(
    "literal",
    [
        "MERGE x " + "USING " * 20_000,
        "SELECT " + "FROM " * 50_000,
        "INSERT" + " " * 100_000 + "x",
        "CREATE " + "TEMP " * 20_000,
        "(" * 100_000 + "SELECT",
        "/*" * 50_000 + "SELECT",
        "SELECT " + "{" * 50_000,
        "SELECT a FROM t WHERE " + "{a} " * 5_000,
    ],
)
def test_long_texts_cost_little(literal: str) -> None:
    started = time.process_time()
    found_in(f"x = {literal!r}\ncur.execute({literal!r}.format(a=b))")
    assert time.process_time() - started < 60


@pytest.mark.parametrize(
    "text",
    [
        "a0 = 'x'\n" + "".join(f"a{n + 1} = a{n} + a{n}\n" for n in range(60)) + "cur.execute('SELECT ' + a60)",
        "def g0():\n    return 'x'\n"
        + "".join(f"def g{n + 1}():\n    return g{n}() + g{n}()\n" for n in range(60))
        + "cur.execute('SELECT ' + g60())",
        "def g():\n" + "    if a: return 'SELECT a FROM t'\n" * 3000 + "cur.execute(g())\n" * 300,
        "Q = {"
        + ",".join(f"'k{n}': 'SELECT {n} FROM t'" for n in range(3000))
        + "}\n"
        + "".join(f"cur.execute(Q['k{n}'])\n" for n in range(3000)),
        "def f0():\n    cur.execute('SELECT a FROM t')\n"
        + "".join(f"def f{n}():\n" + f"    f{n - 1}()\n" * 40 for n in range(1, 100)),
        "q = 'SELECT a'\n" + "q += ', b'\ncur.execute(q)\n" * 1000,
    ],
    ids=["names", "functions", "returns", "dictionary", "helpers", "additions"],
)
def test_code_made_to_take_long_does_not(text: str) -> None:
    started = time.process_time()
    found_in(text)
    assert time.process_time() - started < 60


def test_many_branches_give_few_ways() -> None:
    choices = " + ".join(f"('a{n} ' if x{n} else 'b{n} ')" for n in range(30))
    assert 1 <= len(found_in(f"cur.execute('SELECT ' + {choices} + 'FROM t')").calls) <= 8


def test_a_text_that_only_another_text_holds_is_no_statement() -> None:
    code = 'part = "select * from raw_orders where a = 1"\nmain(f"with a as ({part}) select id from a")\n'
    alone = 'part = "select * from raw_orders where a = 1"\nmain(part)\n'
    assert all("with a" in call.region.text for call in found_in(code).calls)
    assert len(found_in(alone).calls) == 1
