"""Files made to crash a parser or to keep it busy: each is read or named, in time, and no rule fails on it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from leaktight.workers import Failure

Inspect = Callable[[Mapping[str, "str | bytes"]], dict[str, Any]]

QUERY = "select a, b from t where c = NULL"
CURSOR = "import psycopg2\n\ndef f(cursor, x):\n    cursor.execute({})\n"
POOL = (
    "import {{ Pool }} from 'pg';\nconst pool = new Pool();\nexport async function f(x) {{ return pool.query({}); }}\n"
)


def chain(operator: str, count: int, term: str = "a") -> str:
    return operator.join([term] * count)


SQL: dict[str, str] = {
    "open brackets": "select " + "(" * 3_000,
    "nested brackets": f"select {'(' * 3_000}1{')' * 3_000}",
    "nested subscripts": "select " + "a[" * 3_000,
    "nested CASE": f"select {'case when a then ' * 2_000}1{' end' * 2_000}",
    "nested queries": f"select 1 from {'(select 1 from ' * 100}t{') x' * 100}",
    "nested EXISTS": f"select 1 from t where {'exists (select 1 from u where ' * 100}1=1{')' * 100}",
    "nested types": f"select {'struct(' * 60}1{')' * 60}",
    "chained sum": "select " + chain(" + ", 5_000),
    "chained AND": "select 1 from t where " + chain(" and ", 5_000, "a = 1"),
    "chained OR": "select 1 from t where " + chain(" or ", 3_000, "a = NULL"),
    "chain too long": "select " + chain(" + ", 40_000),
    "chained casts": "select a" + "::int" * 5_000,
    "chained NOT": "select " + "not " * 5_000 + "a",
    "chained minus": "select " + "- " * 5_000 + "a",
    "chained subscripts": "select a" + "[1]" * 3_000,
    "union": chain(" union all ", 1_000, "select a from t"),
    "joins": "select 1 from t " + "join u on t.a = u.a " * 2_000,
    "outer joins": "select 1 from a " + "left join b on a.x = b.x " * 1_000 + "where b.y = 1",
    "comma joins": "select 1 from " + ", ".join(f"t{i} a{i}" for i in range(2_000)),
    "CTEs": "with " + ", ".join(f"a{i} as (select * from a{i - 1})" for i in range(1, 1_000)) + " select * from a999",
    "CTEs of one name": "with " + ", ".join(["a as (select * from a)"] * 1_000) + " select * from a",
    "subqueries": "select " + ", ".join(["(select max(x) from u where u.a = t.a)"] * 1_000) + " from t",
    "NOT IN": "select 1 from t where " + chain(" and ", 500, "a not in (select b from u)"),
    "IN list": "select 1 from t where a in (" + chain(", ", 20_000, "1") + ")",
    "INSERT of 300 KB": "delete from u; insert into t values " + chain(",", 20_000, "(1,'abcdefghij')"),
    "one line of 1 MB": "select " + ", ".join(f"col_{i}" for i in range(100_000)),
    "string of 1 MB": f"select '{'x' * 1_000_000}'",
    "open string": "select '" + "x" * 1_000_000,
    "open comment": "select 1 /* " + "*" * 1_000_000,
    "comment marks": "/*" * 50_000,
    "dashes": "-" * 100_000,
    "dashed lines": "--\n" * 100_000,
    "semicolons": ";" * 100_000,
    "statements": "select 1;" * 10_000,
    "deletes": "delete from t;\n" * 3_000 + "select 1",
    "broken statements": "select from;" * 3_000,
    "newlines": "\n" * 500_000,
    "words": "a " * 50_000,
    "quotes": "'" * 100_001,
    "double quotes": '"' * 100_001,
    "backticks": "`" * 100_001,
    "dollars": "$$" * 20_000,
    "dollar tags": "$a$ " * 20_000,
    "escapes": f"select '{chr(92) * 2 * 100_000}'",
    "number": "select 1e" + "1" * 100_000,
    "placeholders": "?" * 50_000,
    "BEGIN": "begin " * 5_000,
    "IF": "if a then " * 5_000,
    "FOR": "for x in (select 1) do " * 3_000,
    "procedures": "create procedure p() begin " * 3_000,
    "GO": "go " * 50_000,
    "COPY": "copy t from stdin;\n" * 20_000,
    "columns": "create table t (" + ", ".join(f"c{i} decimal(10, 2) not null" for i in range(5_000)) + ")",
    "tables": "".join(f"create table t{i} (a int);\n" for i in range(3_000)),
    "one table over and over": "create table t (a int);\ndrop table t;\n" * 2_000,
    "tables dropped and made": "".join(
        f"drop table if exists t{i};\ncreate table t{i} (a int);\ndelete from t{i};\ninsert into t{i} values (1);\n"
        for i in range(2_000)
    ),
    "renames": "alter table a rename to b;\nalter table b rename to a;\n" * 2_000,
    "suppressions": "-- leaktight: ignore[select-star] x\nselect * from t;\n" * 2_000,
    "starts without end": "-- leaktight: ignore-start[select-star] x\n" * 2_000,
    "a long suppression": "-- leaktight: ignore[" + "a," * 20_000 + "] x",
    # Jinja
    "open outputs": "{{" * 20_000,
    "open tags": "{%" * 20_000,
    "open comments": "{#" * 20_000,
    "open output of a string": "{{ '" + "x" * 200_000,
    "outputs": "select {{ a }}.{{ b }} from {{ ref('x') }};\n" * 1_000,
    "adjoining outputs": "{{ x }}" * 2_000,
    "conditions": "select " + "{% if x %} a {% else %} b {% endif %}," * 300 + " 1",
    "nested conditions": "{% if x %}" * 2_000 + "select 1" + "{% endif %}" * 2_000,
    "conditions without end": "select 1 {% if x %}" * 1_000,
    "arms": "{% if x %}select 1{% elif y %}" * 1_000 + "{% endif %}",
    "loops": "select 1 {% for x in y %}" * 1_000,
    "brackets in an output": "select {{ " + "(" * 5_000 + " }}",
    "brackets in a tag": "{% set x = " + "[" * 5_000 + " %} select 1",
    "macros": "{% macro a() %}" * 2_000,
    "raw": "{% raw %}" * 5_000,
}

PYTHON: dict[str, str] = {
    "open brackets": CURSOR.format("(" * 3_000),
    "nested brackets": f"import sqlite3\nx = {'(' * 1_500}1{')' * 1_500}",
    "nested lists": f"import boto3\nx = {'[' * 3_000}{']' * 3_000}",
    "chained sum": "import sqlite3\nx = " + chain(" + ", 5_000),
    "chained SQL": CURSOR.format(" + ".join(['"select 1 "'] * 3_000)),
    "joined SQL": CURSOR.format(" ".join(['"select 1 "'] * 5_000)),
    "chained calls": "import pyspark\nx = df" + ".filter(a)" * 3_000,
    "chained attributes": "import boto3\nx = a" + ".b" * 5_000,
    "chained subscripts": "import boto3\nx = a" + "[0]" * 3_000,
    "nested calls": "import boto3\nx = " + "f(" * 90 + ")" * 90,
    "nested functions": "import sqlite3\n" + "".join(" " * i + "def f():\n" for i in range(90)) + " " * 90 + "pass\n",
    "nested ifs": "import sqlite3\n" + "".join(" " * i + "if x:\n" for i in range(99)) + " " * 99 + "cursor.execute('select 1')\n",
    "elifs": "import sqlite3\nif a:\n    pass\n" + "elif b:\n    cursor.execute('select 1')\n" * 1_000,
    "names assigned in turn": "import sqlite3\na0 = 'select 1'\n"
    + "".join(f"a{i} = a{i - 1}\n" for i in range(1, 2_000)) + "cursor.execute(a1999)\n",
    "names that double": "import sqlite3\na0 = 'select 1'\n"
    + "".join(f"a{i} = a{i - 1} + a{i - 1}\n" for i in range(1, 60)) + "cursor.execute(a59)\n",
    "names in a ring": "import sqlite3\na = b\nb = a\ncursor.execute(a)\n",
    "repeated text": CURSOR.format("'select 1' * 10 ** 9"),
    "wide format": CURSOR.format("'select {:>999999999}'.format(x)"),
    "wide percent": CURSOR.format("'select %999999999s' % x"),
    "joins of joins": CURSOR.format("','.join(['select 1'] * 10 ** 9)"),
    "one string of 1 MB": CURSOR.format(f"'select {'a, ' * 300_000} a from t'"),
    "f-string fields": CURSOR.format("f'select " + "{x}, " * 1_000 + "1'"),
    "nested f-strings": CURSOR.format('f"select {f\'{f"""{x}"""}\'}"'),
    "statements": "import sqlite3\n" + "cursor.execute('select * from t')\n" * 2_000,
    "tables made and emptied": "import psycopg2\ndef f(cursor):\n"
    + "".join(f"    cursor.execute('create table t{i} (a int)')\n    cursor.execute('delete from t{i}')\n" for i in range(1_000)),
    "requests": "import boto3\nt = boto3.resource('dynamodb').Table('t')\n" + "t.put_item(Item={'a': 1})\n" * 1_000,
    "an item of many keys": "import boto3\nt = boto3.resource('dynamodb').Table('t')\nt.put_item(Item={"
    + ", ".join(f"'k{i}': {i}" for i in range(5_000)) + "})\n",
    "tasks": "from airflow import DAG\nfrom airflow.operators.bash import BashOperator\nwith DAG('d') as dag:\n"
    + "".join(f"    t{i} = BashOperator(task_id='t{i}', bash_command='x')\n" for i in range(1_000)),
    "task chain": "from airflow import DAG\nwith DAG('d') as dag:\n    " + chain(" >> ", 2_000),
    "open string": CURSOR.format("'''" + "x" * 500_000),
    "continued lines": "import sqlite3\nx = 1 + \\\n" * 20_000,
    "decorators": "import airflow\n" + "@a\n" * 3_000 + "def f(): pass\n",
    "lambdas": "import sqlite3\nx = " + "lambda: " * 500 + "1",
    "comparisons": "import sqlite3\nx = " + chain(" < ", 5_000),
    "suppressions": "import sqlite3\n" + "cursor.execute('select * from t')  # leaktight: ignore[select-star] x\n" * 1_000,
    "form feeds": "import sqlite3\n" + "\f\x0b\x1c\n" * 20_000,
}  # fmt: skip

JAVASCRIPT: dict[str, str] = {
    "open brackets": "import pg from 'pg';\nx = " + "(" * 3_000,
    "nested brackets": f"import pg from 'pg';\nx = {'(' * 3_000}1{')' * 3_000}",
    "nested arrays": f"import pg from 'pg';\nx = {'[' * 20_000}{']' * 20_000}",
    "nested functions": f"import pg from 'pg';\nx = {'() => {' * 900}{'}' * 900}",
    "chained sum": "import pg from 'pg';\nx = " + chain(" + ", 5_000),
    "chained SQL": POOL.format(" + ".join(['"select 1 "'] * 3_000)),
    "chained calls": "import pg from 'pg';\npool" + ".query('select 1')" * 2_000,
    "pieces pushed": "import pg from 'pg';\nconst a = [];\n" + "a.push('select b from t where c = 1 ');\n" * 3_000 + "pool.query(a.join(' '));",
    "arrays joined": "import pg from 'pg';\n"
    + "".join(f"const a{i} = ['select b from t', 'where c = 1'];\na{i}.join(' ');\n" for i in range(3_000)),
    "comment marks in SQL": POOL.format("`select a from t where b = 1 " + "/* " * 30_000 + "`"),
    "comment marks in a string": "import pg from 'pg';\nconst a = `select a from t where b = 1 " + "/* " * 30_000 + "`;",
    "fields": POOL.format("`select " + "${x}, " * 5_000 + "1`"),
    "nested templates": POOL.format("`select ${" * 200 + "x" + "}`" * 200),
    "open template": "import pg from 'pg';\nx = `select " + "${" * 20_000,
    "names that double": "import pg from 'pg';\nconst a0 = 'select 1';\n"
    + "".join(f"const a{i} = a{i - 1} + a{i - 1};\n" for i in range(1, 60)) + "pool.query(a59);\n",
    "names in a ring": "import pg from 'pg';\nconst a = b; const b = a;\npool.query(a);\n",
    "one line of 1 MB": "import pg from 'pg';" + "pool.query('select * from t');" * 30_000,
    "spreads": "import {PutCommand} from '@aws-sdk/lib-dynamodb';\nconst a0 = {};\n"
    + "".join(f"const a{i} = {{...a{i - 1}, ...a{i - 1}}};\n" for i in range(1, 60))
    + "client.send(new PutCommand({TableName: 't', Item: a59}));\n",
    "spreads in a ring": "import {PutCommand} from '@aws-sdk/lib-dynamodb';\nconst a = {...b}; const b = {...a};\n"
    "client.send(new PutCommand({TableName: 't', Item: a, ...a}));\n",
    "broken": "import pg from 'pg';\n" + "}{)(][" * 10_000,
    "regex": "import pg from 'pg';\nx = /" + "(a+" * 5_000,
    "comments": "// pg\n" + "/* " * 50_000,
    "tags": "import pg from 'pg';\nx = " + "<a>" * 3_000,
}  # fmt: skip


def notebook(*sources: object) -> str:
    cells = [{"cell_type": "code", "source": source, "metadata": {}, "outputs": []} for source in sources]
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells})


NOTEBOOKS: dict[str, str] = {
    "deep lists": "[" * 100_000,
    "deep objects": '{"a":' * 50_000,
    "deep cells": '{"cells": ' + "[" * 50_000,
    "closed deep lists": '{"nbformat": 4, "cells": ' + "[" * 5_000 + "]" * 5_000 + "}",
    "no cells": "{}",
    "cells of the wrong kind": '{"nbformat": 4, "cells": 7}',
    "a cell of the wrong kind": '{"nbformat": 4, "cells": [7, null, "x", [], {}]}',
    "sources of the wrong kind": notebook(7, None, [7, None], {"a": "b"}, [["x"]]),
    "many cells": notebook(*["x = 1\n"] * 3_000),
    "SQL cells": notebook(*["%%sql\nselect * from t where a = NULL"] * 500),
    "a big cell": notebook("%%sql\nselect " + "a, " * 200_000 + "a from t"),
    "escapes": notebook("%%sql\nselect '\\ud83d\\ude00\u2028\t\\\"' from t where a = NULL"),
    "a huge number": '{"nbformat": ' + "9" * 5_000 + ', "cells": []}',
    "no JSON": "select 1",
    "cut off": notebook("%%sql\nselect 1")[:-9],
    "an unpaired surrogate": '{"nbformat": 4, "cells": [{"cell_type": "code", "source": "%%sql\\nselect \'\\ud800\'", "metadata": {}}]}',
    "twice the key": '{"cells": [], "nbformat": 4, "cells": [{"cell_type": "code", "source": "x=1", "source": "y=1"}]}',
}

HEAD = "Resources:\n  T:\n    Type: AWS::DynamoDB::Table\n    Properties:\n"
YAML: dict[str, str] = {
    "alias bomb": "a0: &a0 [x, x]\n" + "".join(f"a{i}: &a{i} [*a{i - 1}, *a{i - 1}, *a{i - 1}]\n" for i in range(1, 60))
    + HEAD + "      TableName: *a59\n      KeySchema: *a59\n",
    "merge bomb": "a0: &a0 {x: 1}\n" + "".join(f"a{i}: &a{i} {{<<: [*a{i - 1}, *a{i - 1}], y{i}: 1}}\n" for i in range(1, 40))
    + HEAD + "      <<: *a39\n",
    "an alias to itself": HEAD + "      KeySchema: &a [*a]\n      TableName: t\n",
    "deep brackets": HEAD + "      TableName: " + "[" * 20_000,
    "deep blocks": "dynamodb:\n" + "".join(" " * i + "a:\n" for i in range(1, 1_500)),
    "deep dashes": "dynamodb: \n" + "- " * 20_000,
    "python objects": HEAD + "      TableName: !!python/object/apply:os.system ['exit 1']\n",
    "unknown tags": HEAD + "      TableName: !Sub '${a}'\n      KeySchema: !GetAtt a.b\n",
    "many tables": "Resources:\n" + "".join(f"  T{i}:\n    Type: AWS::DynamoDB::Table\n" for i in range(1_000)),
    "anchors": "dynamodb: 1\n" + "".join(f"a{i}: &x {i}\n" for i in range(5_000)),
    "a long line": "dynamodb: '" + "x" * 500_000,
    "a long key": "? " + "dynamodb" * 50_000,
    "documents": "---\ndynamodb: 1\n" * 3_000,
    "tabs": "dynamodb:\n\t- x\n",
    "a date that is none": "dynamodb: 2024-99-99\nResources: {T: {Type: AWS::DynamoDB::Table}}\n",
    "keys that do not hash": "? [dynamodb, {a: b}]\n: 1\n",
    "no value": "apache-airflow" * 1_000,
}  # fmt: skip

GROUPS: dict[str, dict[str, str]] = {
    "sql": SQL, "py": PYTHON, "ts": JAVASCRIPT, "tsx": JAVASCRIPT, "js": JAVASCRIPT, "ipynb": NOTEBOOKS, "yaml": YAML,
}  # fmt: skip
REFUSED = {
    "sql": ("open brackets", "nested brackets", "chain too long", "chained subscripts", "nested types", "broken statements",
            "open string"),
    "py": ("open brackets", "open string", "chained SQL"),
    "ts": ("nested arrays", "chained SQL"),
    "ipynb": ("deep lists", "cut off", "no JSON"),
}  # fmt: skip
BIG = {
    "sql": ("chained OR", "deletes", "INSERT of 300 KB"),
    "py": ("statements",),
    "ipynb": ("SQL cells",),
}


@pytest.mark.parametrize("suffix", GROUPS)
def test_each_is_read_or_named_in_time(inspect_all: Inspect, suffix: str) -> None:
    outcomes = inspect_all({f"{name}.{suffix}": text for name, text in GROUPS[suffix].items()})
    assert {path: outcome for path, outcome in outcomes.items() if isinstance(outcome, Failure)} == {}
    assert {path: outcome.errors for path, outcome in outcomes.items() if outcome.errors} == {}
    for name in REFUSED.get(suffix, ()):
        lost = outcomes[f"{name}.{suffix}"].lost
        assert lost, name
        assert all(item.reason and "\n" not in item.reason for item in lost)
    for name in BIG.get(suffix, ()):
        assert outcomes[f"{name}.{suffix}"].lost == (), name
        assert outcomes[f"{name}.{suffix}"].findings > 0, name
