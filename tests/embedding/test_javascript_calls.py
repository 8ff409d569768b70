"""Which calls of JavaScript run SQL, what they stand in, and what is never SQL."""

from __future__ import annotations

import time
from contextlib import suppress

import pytest

from leaktight.embedding.call import Embedded, SqlCall
from leaktight.embedding.javascript import embed, gate
from leaktight.languages.javascript import parse_javascript
from leaktight.source import Language, NotAnalysable, Region, Source


def embedded(text: str, language: Language = Language.TYPESCRIPT) -> Embedded:
    source = Source("app.ts", text, language)
    document = parse_javascript(Region.whole(source), source)
    return embed(document, document.region)


def only(text: str) -> SqlCall:
    found = embedded(text).calls
    assert len(found) == 1, [(call.sink, call.region.text) for call in found]
    return found[0]


# Sinks


@pytest.mark.parametrize(
    ("text", "sink", "receiver", "arguments"),
    [
        ("pool.query('SELECT a FROM t WHERE b = $1', [x])", "query", "pool", [(None, "[x]")]),
        ("this.db.execute('SELECT a FROM t', cb)", "execute", "this.db", [(None, "cb")]),
        ("knex.raw('SELECT a FROM t')", "raw", "knex", []),
        ("sql.unsafe('SELECT a FROM t')", "unsafe", "sql", []),
        ("db.prepare('SELECT a FROM t')", "prepare", "db", []),
        ("db.run('DELETE FROM t WHERE a = ?', x)", "run", "db", [(None, "x")]),
        ("db.all('SELECT a FROM t', [], cb)", "all", "db", [(None, "[]"), (None, "cb")]),
        ("db.exec('CREATE TABLE t (a INT)')", "exec", "db", []),
        ("sequelize.query('SELECT a FROM t', { type: X })", "query", "sequelize", [(None, "{ type: X }")]),
        ("pool.query({ text: 'SELECT a FROM t', values: [x] })", "query", "pool", [("values", "[x]")]),
        ("const q = { text: 'SELECT a FROM t', values: v }; pool.query(q)", "query", "pool", [("values", "v")]),
        ("connection.query({ sql: 'SELECT a FROM t', timeout: 1 })", "query", "connection", [("timeout", "1")]),
        ("bq.query({ query: 'SELECT a FROM t', params })", "query", "bq", [("params", "params")]),
        ("bq.createQueryJob({ query: 'SELECT a FROM t' })", "createQueryJob", "bq", []),
        ("c.execute({ sqlText: 'SELECT a FROM t', binds: [1] })", "execute", "c", [("binds", "[1]")]),
        ("athena.startQueryExecution({ QueryString: 'SELECT a FROM t' })", "startQueryExecution", "athena", []),
        ("client.send(new ExecuteStatementCommand({ sql: 'SELECT a FROM t' }))", "ExecuteStatementCommand", "", []),
        ("data.batchExecuteStatement({ Sqls: ['DELETE FROM t WHERE a = 1'] })", "batchExecuteStatement", "data", []),
        ("query('SELECT a FROM t')", "query", "", []),
        ("client.query(new QueryStream('SELECT a FROM t', [1]))", "QueryStream", "", [(None, "[1]")]),
        ("rawQuery('SELECT a FROM t', p)", "rawQuery", "", [(None, "p")]),
    ],
)
def test_sinks(text: str, sink: str, receiver: str, arguments: list[tuple[str | None, str]]) -> None:
    call = only(text)
    assert (call.sink, call.receiver) == (sink, receiver)
    assert [(one.keyword, one.text) for one in call.arguments] == arguments
    assert text[slice(*call.name)] == sink
    assert call.certain


def test_both_arms_of_a_choice_are_read() -> None:
    found = embedded("pool.query(x ? 'SELECT a FROM t' : 'SELECT b FROM u')").calls
    assert [call.region.text for call in found] == ["SELECT a FROM t", "SELECT b FROM u"]


def test_a_list_of_statements_is_read_one_by_one() -> None:
    found = embedded("db.batch(['DELETE FROM a WHERE b = 1', { sql: 'x' }, 'DELETE FROM c WHERE d = 1'])").calls
    assert [call.region.text for call in found] == ["DELETE FROM a WHERE b = 1", "DELETE FROM c WHERE d = 1"]


def test_transaction_control_is_sql_where_a_database_is_named() -> None:
    assert only("client.query('BEGIN')").region.text == "BEGIN"
    assert embedded("thing.query('BEGIN')").calls == ()


def test_a_function_that_runs_what_it_is_given_is_a_sink() -> None:
    call = only(
        "import { Pool } from 'pg'; const pool = new Pool();"
        "const run = (text, values) => pool.query(text, values); for (const x of xs) run('DELETE FROM t WHERE a = $1', [x]);"
    )
    assert (call.sink, call.driver, call.varies) == ("run", "pg", True)


@pytest.mark.parametrize(
    ("function", "call", "sinks"),
    [
        ("({ db, log }, text, values) => pool.query(text, values)", "run(x, 'DELETE FROM t', [])", ["run"]),
        ("([a, b], text) => pool.query(text)", "run(x, 'DELETE FROM t')", ["run"]),
        ("({ db, log }, text, values) => pool.query(text, values)", "run('DELETE FROM t', x)", [""]),
        ("({ text, values }) => pool.query(text, values)", "run({ text: 'DELETE FROM t', values: [] })", ["run"]),
        ("(id, { statement: text }) => pool.query(text)", "run(1, { statement: 'DELETE FROM t' })", ["run"]),
        ("(id, { statement: text }) => pool.query(text)", "run(1, { text: 'DELETE FROM t' })", []),
        ("({ q: { text } }) => pool.query(text)", "run({ text: 'DELETE FROM t' })", []),
    ],
)
def test_a_parameter_taken_apart_is_one_argument(function: str, call: str, sinks: list[str]) -> None:
    found = embedded(f"import {{ Pool }} from 'pg'; const pool = new Pool(); const run = {function}; {call};")
    assert [one.sink for one in found.calls] == sinks


@pytest.mark.parametrize(
    ("steps", "sql"),
    [
        ("let q; q = 'SELECT a FROM t'; q += ' WHERE b'", "SELECT a FROM t WHERE b"),
        ("let q = 'SELECT a FROM t'; if (x) q += ' WHERE b'", "SELECT a FROM t WHERE b"),
        ("let q = 'SELECT a FROM t'; if (x) { q += ' WHERE b'; } else { q += ' WHERE c'; }", "SELECT a FROM t WHERE b"),
        ("let q = 'SELECT a'; if (x) { if (y) q += ', b'; } q += ' FROM t'", "SELECT a, b FROM t"),
        ("let q = 'SELECT a FROM t'; try { q += ' WHERE b'; } catch (e) {}", "SELECT a FROM t WHERE b"),
        ("let w = ' WHERE b'; w += ' AND c'; let q = 'SELECT a FROM t' + w", "SELECT a FROM t WHERE b AND c"),
    ],
)
def test_a_text_that_grows(steps: str, sql: str) -> None:
    found = embedded(
        f"async function f(pool, x, y) {{ {steps}; await pool.query(q); q = 'SELECT z FROM later'; }}"
    ).calls
    assert [call.region.text for call in found] == [sql, "SELECT z FROM later"]
    assert found[0].sink == "query"


@pytest.mark.parametrize(
    "text",
    [
        "import { Pool } from 'pg'; const p = new Pool(); p.query(build())",
        "import { Pool } from 'pg'; const p = new Pool(); let q = 'SELECT a FROM t'; for (const x of y) q += x; p.query(q)",
        "import { Pool } from 'pg'; const p = new Pool(); let q = 'SELECT a FROM t'; if (x) q = y(); p.query(q)",
        "prisma.$queryRawUnsafe(query)",
        "bq.createQueryJob({ query: load() })",
    ],
)
def test_what_is_only_known_at_run_time_is_said(text: str) -> None:
    found = embedded(text)
    assert not any(call.certain for call in found.calls)
    assert len(found.unfolded) == 1
    assert "only known at run time" in found.unfolded[0].reason


# Never SQL


@pytest.mark.parametrize(
    "text",
    [
        "document.query('select.foo')",
        "document.querySelector('select option')",
        "apollo.query({ query: gql`query { select { from } }` })",
        "client.query(params)",
        "dynamo.query({ TableName: 't', KeyConditionExpression: 'a = :a' }).promise()",
        "cache.get('select')",
        "app.get('/update/set', handler)",
        "map.get('delete from')",
        "router.delete('/x'); axios.get('select from');",
        "console.log('SELECT a FROM t')",
        "logger.info(`DELETE FROM t WHERE a = ${x}`)",
        "this.logger.debug('SELECT a FROM t')",
        "throw new Error('UPDATE t SET a = 1 failed')",
        "const label = 'Select a file from the list'",
        "const s = 'Update your order and set a date'",
        "const s = 'select one or more items from the list'",
        "const s = 'Delete from cart'",
        "const s = 'with love as (always)'",
        "const s = 'Insert into the box'",
        "const s = 'create a table for two'",
        "const q = gql`{ select(from: 1) }`",
        "const o = { description: 'SELECT a FROM t' }",
        "it('SELECT a FROM t works', () => {})",
        "expect(sql).toBe('SELECT a FROM t')",
        "const rule = { sql: \"SELECT * FROM 'topic/a'\" }",
        "const rule = { sql: `SELECT * FROM 'topic/${a}' -- is distinct from 'b'` }",
        "const cls = 'select-none from-blue-500'",
        "const s = { text: 'SELECT a FROM t WHERE b = 1', title: 'x' }",
        "const s = { label: 'SELECT a FROM t WHERE b = 1', values: [] }",
        "const s = `with ${tools} update your order`",
        "const s = 'with ' + tools",
        "type A = 'SELECT a FROM t'",
        "import x from 'SELECT a FROM t'",
        "const cassandra = require('cassandra-driver'); new cassandra.Client({}).execute('SELECT a FROM t WHERE b = ?')",
        "import jsforce from 'jsforce'; const conn = new jsforce.Connection(); conn.query('SELECT Id FROM Account')",
        "$('select').each((i) => i)",
        "const sub = cond ? '(SELECT a FROM t WHERE b = c.d)' : 'NULL'",
        "import pg from 'pg'; const s = new QueryStream(x); client.query(s)",
        "q('SELECT')",
    ],
)
def test_never_sql(text: str) -> None:
    found = embedded(text)
    assert found.calls == ()
    assert found.unfolded == ()


def test_jsx_text_is_never_sql() -> None:
    text = "const a = <p title='SELECT a FROM t'>SELECT b FROM u {'SELECT c FROM v'}</p>"
    assert embedded(text, Language.TSX).calls == ()


@pytest.mark.parametrize(
    ("text", "sql"),
    [
        ("const Q = 'SELECT a FROM t WHERE b = 1'", "SELECT a FROM t WHERE b = 1"),
        ("export const Q = `\n  select a, b from t\n`", "\n  select a, b from t\n"),
        ("send('DELETE FROM t WHERE a = ' + x)", "DELETE FROM t WHERE a = ?"),
        ("const Q = /* sql */ `select x from y`", "select x from y"),
        ("const Q = /* SQL */ 'update t set a = 1'", "update t set a = 1"),
        ("const q = (b) => ({ text: 'SELECT a FROM t WHERE b = $1', values: [b] })", "SELECT a FROM t WHERE b = $1"),
        (
            "const Q = `SELECT a FROM t\n-- update the rows\nWHERE b = 1`",
            "SELECT a FROM t\n-- update the rows\nWHERE b = 1",
        ),
        ("const Q = `SELECT a FROM t WHERE a IS DISTINCT FROM 'x'`", "SELECT a FROM t WHERE a IS DISTINCT FROM 'x'"),
        ("const Q = \"DELETE FROM t WHERE a = trim(FROM 'x')\"", "DELETE FROM t WHERE a = trim(FROM 'x')"),
        ("const f = (ctes) => `WITH ${ctes} SELECT a FROM t`", "WITH __ctes AS (SELECT 1) SELECT a FROM t"),
        (
            "const f = (a, b) => `WITH\n${a}\n${b}\nUPDATE t SET a = 1 WHERE b`",
            "WITH\n__a AS (SELECT 1)\n \nUPDATE t SET a = 1 WHERE b",
        ),
        ("const f = (a) => `WITH ${a} AS (SELECT 1) SELECT b FROM ${a}`", "WITH __a AS (SELECT 1) SELECT b FROM __a"),
        ("const Q = ['SELECT a FROM t WHERE b = 1', y]", "SELECT a FROM t WHERE b = 1"),
    ],
)
def test_statements_that_reach_no_call(text: str, sql: str) -> None:
    call = only(text)
    assert (call.sink, call.region.text, call.certain) == ("", sql, False)
    assert call.span == call.sql == call.name


# Drivers


@pytest.mark.parametrize(
    ("text", "driver", "dialect"),
    [
        ("import { Pool } from 'pg'; const p = new Pool(); p.query(QQ)", "pg", "postgres"),
        ("const { Pool } = require('pg'); const p = new Pool(); p.query(QQ)", "pg", "postgres"),
        ("import pg from 'pg'; const p = new pg.Pool(); p.query(QQ)", "pg", "postgres"),
        ("import mysql from 'mysql2/promise'; const c = await mysql.createConnection({}); c.execute(QQ)", "mysql2", "mysql"),
        ("import D from 'better-sqlite3'; const d = new D('x'); d.prepare(QQ)", "better-sqlite3", "sqlite"),
        ("import { Sequelize } from 'sequelize'; const s = new Sequelize(); s.query(QQ)", "sequelize", None),
        ("import { BigQuery } from '@google-cloud/bigquery'; const b = new BigQuery(); b.query(QQ)", "@google-cloud/bigquery", "bigquery"),
        ("import { Pool } from 'pg'; class R { constructor(private db: Pool) {} m() { this.db.query(QQ); } }", "pg", "postgres"),
        ("import { Pool } from 'pg'; class R { db = new Pool(); m() { this.db.query(QQ); } }", "pg", "postgres"),
        ("import { PoolClient } from 'pg'; function f(c: PoolClient) { c.query(QQ); }", "pg", "postgres"),
        ("import { Knex } from 'knex'; const f = (k: Knex) => k.raw(QQ)", "knex", None),
        ("import knex from 'knex'; const k = knex({}); k.transaction(async (trx) => { trx.raw(QQ); })", "knex", None),
        ("import snowflake from 'snowflake-sdk'; const c = snowflake.createConnection({}); c.execute({ sqlText: QQ })", "snowflake-sdk", "snowflake"),
        ("import sql from 'mssql'; const p = await sql.connect(x); p.request().query(QQ)", "mssql", "tsql"),
        ("import { db } from './db'; import { Pool } from 'pg'; db.query(QQ)", "pg", "postgres"),
        ("import { Pool } from 'pg'; import m from 'mysql2'; db.query(QQ)", None, None),
        ("db.query(QQ)", None, None),
        ("prisma.$queryRawUnsafe(QQ)", "prisma", None),
    ],
)  # fmt: skip
def test_drivers(text: str, driver: str | None, dialect: str | None) -> None:
    call = only(text.replace("QQ", "'SELECT a FROM t'"))
    assert (call.driver, call.region.dialect) == (driver, dialect)


@pytest.mark.parametrize(
    ("annotation", "driver"),
    [
        ("Pool", "pg"),
        ("Pool | null", "pg"),
        ("null | Pool", "pg"),
        ("Promise<Pool>", "pg"),
        ("Promise<Pool | undefined>", "pg"),
        ("pg.Pool", "pg"),
        ("Pool | pg.Client", "pg"),
        ("Pool | Connection", None),
        ("(pool: Pool) => void", None),
        ("{ pool: Pool }", None),
    ],
)
def test_the_type_of_a_parameter_tells_its_driver(annotation: str, driver: str | None) -> None:
    imports = "import pg, { Pool } from 'pg'; import { Connection } from 'mysql2'; "
    call = only(f"{imports}function f(c: {annotation}) {{ c.query('SELECT a FROM t'); }}")
    assert call.driver == driver


# Surroundings


def test_the_function_of_a_call() -> None:
    call = only(
        "class Loader { @Cron('x') async load(a: string, b) { items.map(() => this.db.query('SELECT a FROM t')); } }"
    )
    assert call.function is not None
    assert call.function.name == "Loader.load"
    assert call.function.decorators == ("Cron('x')",)
    assert call.function.parameters == ("a", "b")


@pytest.mark.parametrize(
    ("text", "head", "helper", "varies"),
    [
        ("for (const r of rows) { await pool.query(Q, [r.a]); }", "for (const r of rows)", None, True),
        ("for (const r of rows) { await pool.query(Q); }", "for (const r of rows)", None, False),
        ("rows.forEach((r) => pool.query(Q, r));", "rows.forEach", None, True),
        ("await Promise.all(rows.map((r) => pool.query(Q, [r])));", "rows.map", None, True),
        (
            "async function save(row, n) { await pool.query(Q, [row]); } for (const r of rows) { await save(r, 1); }",
            "for (const r of rows)",
            "save(r, 1)",
            True,
        ),
        (
            "async function save(n) { await pool.query(Q, [n]); } for (const r of rows) { await save(1); }",
            "for (const r of rows)",
            "save(1)",
            False,
        ),
        (
            "class R { async save(row) { this.pool.query(Q, [row]); } all(rows) { for (const r of rows) this.save(r); } }",
            "for (const r of rows)",
            "this.save(r)",
            True,
        ),
        ("const save = (row) => pool.query(Q, [row]); rows.forEach(save);", "rows.forEach", "rows.forEach(save)", True),
        (
            "async function save({ pool, log }, row) { await pool.query(Q, [row]); } for (const r of rows) { save(ctx, r); }",
            "for (const r of rows)",
            "save(ctx, r)",
            True,
        ),
        (
            "async function save({ a, b }, n) { await pool.query(Q, [a, b]); } for (const r of rows) { save(r, 1); }",
            "for (const r of rows)",
            "save(r, 1)",
            True,
        ),
        (
            "async function save({ pool, log }, n) { await pool.query(Q, [n]); } for (const r of rows) { save(r, 1); }",
            "for (const r of rows)",
            "save(r, 1)",
            False,
        ),
        (
            "const s = db.prepare(Q); for (const r of rows) s.run(r.a);",
            "for (const r of rows)",
            None,
            True,
        ),
    ],
)
def test_loops(text: str, head: str, helper: str | None, varies: bool) -> None:
    text = text.replace("Q", "'INSERT INTO t VALUES (?)'")
    call = only(text)
    assert call.loop is not None
    assert text[slice(*call.loop.head)] == head
    assert (call.loop.helper and text[slice(*call.loop.helper)]) == helper
    assert call.varies is varies


@pytest.mark.parametrize(
    "text",
    [
        "await pool.query(Q);",
        "for (const r of await pool.query(Q)) { f(r); }",
        "async function save() { await pool.query(Q); } save();",
        "class A { save() { this.pool.query(Q); } } for (const r of rows) other.save(r);",
        "for (const r of routes) app.post(r, async () => { await pool.query(Q); });",
    ],
)
def test_no_loop(text: str) -> None:
    assert only(text.replace("Q", "'INSERT INTO t VALUES (?)'")).loop is None


@pytest.mark.parametrize(
    ("text", "head"),
    [
        ("await knex.transaction(async (trx) => { await trx.raw(Q); });", "knex.transaction"),
        ("await sequelize.transaction(async (t) => { await sequelize.query(Q, { transaction: t }); });", "sequelize.transaction"),
        ("await prisma.$transaction(async (tx) => { await tx.$executeRawUnsafe(Q); });", "prisma.$transaction"),
        ("await prisma.$transaction([prisma.$executeRawUnsafe(Q)]);", "prisma.$transaction"),
        ("await sql.begin(async (sql) => { await sql.unsafe(Q); });", "sql.begin"),
        ("const s = db.prepare(Q); const all = db.transaction((rows) => { for (const r of rows) s.run(r); });", "db.transaction"),
        ("await knex.raw(Q);", None),
        ("const t = await sequelize.transaction(); await sequelize.query(Q);", None),
    ],
)  # fmt: skip
def test_transactions(text: str, head: str | None) -> None:
    text = text.replace("Q", "'DELETE FROM t WHERE a = 1'")
    call = only(text)
    assert (call.transaction and text[slice(*call.transaction)]) == head


def test_one_call_for_many_rows() -> None:
    assert only("connection.query('INSERT INTO t (a, b) VALUES ?', [rows])").many
    assert only("connection.executeMany('INSERT INTO t VALUES (:a)', rows)").many
    assert not only("connection.query('INSERT INTO t (a) VALUES (?)', [a])").many


# The gate


@pytest.mark.parametrize(
    ("text", "family"),
    [
        ("pool.query('SELECT a FROM t')", "sql"),
        ("x(`\n  Select a\n  from t`)", "sql"),
        ("x('INSERT INTO t')", "sql"),
        ("x(`UPDATE ${this.table} SET a = 1`)", "sql"),
        ("x('update a as b set c = 1')", "sql"),
        ("x(`update ${'t_' + name} set a = 1`)", "sql"),
        ("x(`update ${table({ of: name })} t set a = 1`)", "sql"),
        ("x(`copy ${'t_' + name} from stdin`)", "sql"),
        ("x('DELETE FROM t')", "sql"),
        ("x('CREATE TABLE IF NOT EXISTS t')", "sql"),
        ("knex.raw(x)", "sql"),
        ("prisma.$queryRawUnsafe(x)", "sql"),
        ("sql`x`", "sql"),
        ("new DynamoDBClient({})", "dynamodb"),
        ("import { SQSClient } from '@aws-sdk/client-sqs'", "sqs"),
        ("import { S3Client } from '@aws-sdk/client-s3'", "s3"),
        ("return { batchItemFailures: event.Records }", "lambda"),
    ],
)
def test_the_gate_lets_through(text: str, family: str) -> None:
    assert family in gate(text.encode())


@pytest.mark.parametrize(
    "text",
    [
        "",
        "const a = document.querySelector('select');",
        "import { useState } from 'react'; const [selected, setSelected] = useState();",
        "<select><option>from</option></select>",
        "x(`update ${'t_' + name} or never set a`)",
        "x(`update ${'t_' + name`)",
        "update " + "${a}" * 5_000 + "${" * 5_000,
        "update " + "${{a}" * 5_000,
        "array.update(x); user.delete(from); set.create(y)",
        "export function drawCircle() { strawberry(); }",
        "\xff\xfe\x00",
    ],
)
def test_the_gate_stops(text: str) -> None:
    assert gate(text.encode("latin-1")) == frozenset()


# Hostile files


@pytest.mark.parametrize(
    "text",
    [
        "const a = b + 'SELECT x FROM y', b = a; pool.query(a)",
        "const f = () => f(); pool.query(f())",
        "const f = () => `SELECT a FROM t ${f()}`; pool.query(f())",
        "const o = { ...o, text: 'SELECT a FROM t' }; pool.query(o)",
        "class A { q = this.q; m() { pool.query(this.q); } }",
        "pool.query(`SELECT ${`${`${x}`}`} FROM t`)",
        "pool.query()",
        "pool.query(...args)",
        "pool.query(`SELECT a FROM t WHERE b = ${}`)",
        "pool.query('SELECT \\u{FFFFFFFF} \\x FROM t')",
        "pool.query('SELECT a FROM t",
        "sql``",
        "new query",
    ],
)
def test_odd_texts_never_crash(text: str) -> None:
    with suppress(NotAnalysable):
        for call in embedded(text).calls:
            assert call.region.map.segments


@pytest.mark.parametrize(
    "text",
    [
        "pool.query('SELECT a FROM t' +\n" + "' x ' +\n" * 5_000 + "'')",
        "pool.query(`SELECT a FROM t WHERE " + "b = ${x} AND\n" * 5_000 + "c`)",
        "const a = 'SELECT a FROM t';\n" + "pool.query(a);\n" * 3_000,
        "\n".join(f"const a{n} = a{n - 1} + a{n - 1};" for n in range(1, 60)) + "\npool.query(a59)",
        "const a0 = 'SELECT a FROM t';\n"
        + "\n".join(f"const a{n} = `${{a{n - 1}}} ${{a{n - 1}}}`;" for n in range(1, 60))
        + "\npool.query(a59)",
        "const a0 = 'SELECT a FROM t';\n"
        + "\n".join(f"const a{n} = `{f'${{a{n - 1}}} ' * 9}`;" for n in range(1, 12))
        + "\npool.query(a11)",
        "const a = {" + "...a, " * 12 + "};\npool.query(a)",
        "\n".join(f"const a{n} = {{{f'...a{n - 1}, ' * 12}}};" for n in range(1, 9)) + "\npool.query(a8)",
        "const a = {};\n" + "Object.assign(a, a);\n" * 12 + "pool.query(a)",
        "const a = {}, b = {}; Object.assign(a, b); Object.assign(b, a); pool.query(a)",
        "".join(f"async function f{n}(a) {{ const b = a; return pool.query(a, b); }}\n" for n in range(3_000)),
        "const p = {};\n" + "p.a = 1;\n" * 2_000 + "pool.query(p);\n" * 200,
        "function f(x) { pool.query('DELETE FROM t WHERE a = 1'); }\n" + "f(1);\n" * 5_000,
        "let q = 'SELECT a FROM t';\n" + "q += ' x';\n" * 3_000 + "pool.query(q);\n" * 50,
    ],
)
def test_hostile_files_end_in_time(text: str) -> None:
    start = time.monotonic()
    with suppress(NotAnalysable):
        embedded(text)
    assert time.monotonic() - start < 60
