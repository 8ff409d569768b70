"""SQL folded from JavaScript: what is copied, what is a hole, what stands in, and that it parses and maps back."""

from __future__ import annotations

import pytest
import sqlglot

from leaktight.embedding.call import SqlCall
from leaktight.embedding.javascript import embed
from leaktight.languages.javascript import parse_javascript
from leaktight.source import HoleKind, Language, Region, Source
from leaktight.text import Span


def calls_of(text: str, language: Language = Language.TYPESCRIPT) -> list[SqlCall]:
    source = Source("app.ts", text, language)
    document = parse_javascript(Region.whole(source), source)
    return list(embed(document, document.region).calls)


def only(text: str) -> SqlCall:
    found = calls_of(text)
    assert len(found) == 1, [call.region.text for call in found]
    return found[0]


def holes(call: SqlCall) -> list[tuple[str, str, str]]:
    """Kind, stand-in and host of each unknown piece."""
    return [
        (str(part.hole), call.region.text[slice(*part.region)], part.host)
        for part in call.region.map.segments
        if part.hole is not None and part.hole is not HoleKind.ESCAPE
    ]


def assert_maps(text: str, call: SqlCall) -> None:
    """Verbatim segments are the file's own characters; the segments follow one another."""
    at = 0
    for part in call.region.map.segments:
        assert part.region.start == at
        at = part.region.end
        if part.verbatim:
            assert call.region.text[slice(*part.region)] == text[slice(*part.file)]
        else:
            assert 0 <= part.file.start <= part.file.end <= len(text)
    assert at == len(call.region.text)


V, N = "value", "identifier"


@pytest.mark.parametrize(
    ("inside", "sql", "expected"),
    [
        ("SELECT a FROM t WHERE id = ${id}", "SELECT a FROM t WHERE id = ?", [(V, "?", "id")]),
        ("SELECT a FROM t WHERE id = '${id}'", "SELECT a FROM t WHERE id = 'x'", [(V, "x", "id")]),
        ("SELECT a FROM t WHERE n LIKE '%${n}%'", "SELECT a FROM t WHERE n LIKE '%x%'", [(V, "x", "n")]),
        ("SELECT a FROM t WHERE id IN (${ids})", "SELECT a FROM t WHERE id IN (?)", [(V, "?", "ids")]),
        ("SELECT a FROM t WHERE id IN ${ids}", "SELECT a FROM t WHERE id IN (?)", [(V, "(?)", "ids")]),
        ("SELECT a FROM t WHERE a = $${i}", "SELECT a FROM t WHERE a = $1", [(V, "1", "i")]),
        ("SELECT a FROM t WHERE a = :${k}", "SELECT a FROM t WHERE a = :__k", [(V, "__k", "k")]),
        ("SELECT ${x}::int FROM t", "SELECT __x::int FROM t", [(N, "__x", "x")]),
        ("SELECT a FROM t WHERE a = ${x}::int", "SELECT a FROM t WHERE a = ? ::int", [(V, "? ", "x")]),
        ("SELECT a FROM ${t}", "SELECT a FROM __t", [(N, "__t", "t")]),
        ("SELECT a FROM ${this.schema}.t", "SELECT a FROM __schema.t", [(N, "__schema", "this.schema")]),
        ("SELECT a FROM s.${cfg.t()}", "SELECT a FROM s.__t", [(N, "__t", "cfg.t()")]),
        ("SELECT a FROM events_${day}", "SELECT a FROM events___day", [(N, "__day", "day")]),
        ('SELECT a FROM "${t}"', 'SELECT a FROM "__t"', [(N, "__t", "t")]),
        ("SELECT ${cols} FROM t", "SELECT __cols FROM t", [(N, "__cols", "cols")]),
        ("SELECT a, ${c} FROM t", "SELECT a, __c FROM t", [(N, "__c", "c")]),
        ("SELECT f(a, ${c}) FROM t", None, [(V, "?", "c")]),
        ("SELECT a FROM t ORDER BY ${c} ${dir}", "SELECT a FROM t ORDER BY __c ASC", [(N, "__c", "c"), (N, "ASC", "dir")]),
        ("SELECT a FROM t GROUP BY ${c}", "SELECT a FROM t GROUP BY __c", [(N, "__c", "c")]),
        ("SELECT a FROM t LIMIT ${n} OFFSET ${o}", "SELECT a FROM t LIMIT ? OFFSET ?", [(V, "?", "n"), (V, "?", "o")]),
        ("SELECT a FROM t WHERE ${c} = 1", "SELECT a FROM t WHERE __c = 1", [(N, "__c", "c")]),
        ("SELECT a FROM t WHERE ${conds}", "SELECT a FROM t WHERE __conds", [(V, "__conds", "conds")]),
        ("SELECT a FROM t WHERE b = 1 ${more}", "SELECT a FROM t WHERE b = 1 AND __more", [(V, "AND __more", "more")]),
        ("SELECT a FROM t WHERE b ${op} 1", "SELECT a FROM t WHERE b = 1", [(N, "=", "op")]),
        ("SELECT a FROM t ${where} LIMIT 1", "SELECT a FROM t  WHERE __where LIMIT 1", [(V, " WHERE __where", "where")]),
        ("SELECT a FROM t ${joins} WHERE b", "SELECT a FROM t   WHERE b", [(N, " ", "joins")]),
        ("SELECT a FROM t ${w} ORDER BY a", "SELECT a FROM t  WHERE __w ORDER BY a", [(V, " WHERE __w", "w")]),
        ("SELECT a FROM t${sqlWhere}", "SELECT a FROM t  WHERE __sqlWhere", [(V, "  WHERE __sqlWhere", "sqlWhere")]),
        ("SELECT a FROM t${suffix}", "SELECT a FROM t__suffix", [(N, "__suffix", "suffix")]),
        ("SELECT a FROM t_${where}", "SELECT a FROM t___where", [(N, "__where", "where")]),
        ("DELETE FROM t ${where}", "DELETE FROM t  WHERE __where", [(V, " WHERE __where", "where")]),
        ("UPDATE t SET ${sets} WHERE a", "UPDATE t SET __sets = ? WHERE a", [(V, "__sets = ?", "sets")]),
        ("UPDATE t SET ${c} = 1", "UPDATE t SET __c = 1", [(N, "__c", "c")]),
        ("UPDATE ${t} SET a = ${v}, b = 2", "UPDATE __t SET a = ?, b = 2", [(N, "__t", "t"), (V, "?", "v")]),
        ("INSERT INTO t (${c}) VALUES (${v})", "INSERT INTO t (__c) VALUES (?)", [(N, "__c", "c"), (V, "?", "v")]),
        ("INSERT INTO t (a, ${c}) VALUES (1, ${v})", None, [(N, "__c", "c"), (V, "?", "v")]),
        ("INSERT INTO t (a) VALUES ${rows}", "INSERT INTO t (a) VALUES (?)", [(V, "(?)", "rows")]),
        ("INSERT INTO t (a) VALUES (1) ${onConflict}", None, [(N, " ", "onConflict")]),
        ("CREATE TABLE IF NOT EXISTS ${t} (id INT)", "CREATE TABLE IF NOT EXISTS __t (id INT)", [(N, "__t", "t")]),
        ("SELECT a FROM t WHERE EXISTS ${sub}", None, [(V, "(select 1)", "sub")]),
        ("SELECT a FROM (${sub}) s", "SELECT a FROM (select 1) s", [(V, "select 1", "sub")]),
        ("SELECT a FROM t WHERE a > now() - interval '${n} days'", None, [(V, "x", "n")]),
        ("SELECT a FROM t -- ${note}\\nWHERE b = 1", None, [("blank", "x", "note")]),
        ("SELECT a FROM t WHERE b IS ${x}", "SELECT a FROM t WHERE b IS NULL", [(V, "NULL", "x")]),
        ("INSERT INTO t (a) VALUES${rows}", "INSERT INTO t (a) VALUES (?)", [(V, " (?)", "rows")]),
        ("ALTER ROLE ${r} PASSWORD 'x'", "ALTER ROLE __r PASSWORD 'x'", [(N, "__r", "r")]),
        ("WITH a AS (SELECT 1), ${more} SELECT 2", None, [(V, "__more AS (SELECT 1)", "more")]),
        ("SELECT quantile(0.5)(${c}) FROM t", "SELECT quantile(0.5)(?) FROM t", [(V, "?", "c")]),
    ],
)  # fmt: skip
def test_holes_by_their_place(inside: str, sql: str | None, expected: list[tuple[str, str, str]]) -> None:
    text = f"pool.query(`{inside}`);"
    call = only(text)
    if sql is not None:
        assert call.region.text == sql
    assert holes(call) == expected
    assert_maps(text, call)
    dialect = "clickhouse" if "quantile" in inside else "postgres"
    assert sqlglot.parse(call.region.text, read=dialect)


def test_a_hole_stands_at_its_braces() -> None:
    text = "pool.query(`SELECT a FROM ${ t } WHERE b = 1`)"
    call = only(text)
    at = call.region.text.index("__t")
    file = call.region.map.to_file(Span(at, at + 3))
    assert text[slice(*file)] == "${ t }"
    assert call.region.templated


def test_the_same_host_has_the_same_stand_in() -> None:
    call = only("pool.query(`SELECT ${t}.a FROM ${t} WHERE ${t}.b = 1`)")
    assert call.region.text == "SELECT __t.a FROM __t WHERE __t.b = 1"


@pytest.mark.parametrize(
    ("text", "sql"),
    [
        ("pool.query('SELECT a ' + 'FROM t')", "SELECT a FROM t"),
        ("pool.query('SELECT a FROM ' + t + ' WHERE b = 1')", "SELECT a FROM __t WHERE b = 1"),
        ("pool.query(['SELECT a', 'FROM t'].join(' '))", "SELECT a FROM t"),
        ("pool.query(['SELECT a', `FROM ${t}`].join('\\n'))", "SELECT a\nFROM __t"),
        ("const P = ['SELECT a', 'FROM t']; pool.query(P.join(' '))", "SELECT a FROM t"),
        ("const Q = 'SELECT a FROM t'; pool.query(Q)", "SELECT a FROM t"),
        ("const T = 'orders'; pool.query(`SELECT a FROM ${T}`)", "SELECT a FROM orders"),
        ("const N = 5; pool.query(`SELECT a FROM t LIMIT ${N}`)", "SELECT a FROM t LIMIT 5"),
        ("const Q = { all: 'SELECT a FROM t' }; pool.query(Q.all)", "SELECT a FROM t"),
        ("class R { q = 'SELECT a FROM t'; m() { this.db.query(this.q); } }", "SELECT a FROM t"),
        ("let q = 'SELECT a FROM t'; q += ' WHERE b = 1'; pool.query(q)", "SELECT a FROM t WHERE b = 1"),
        ("let q = ''; q = 'SELECT a FROM t'; q += ' LIMIT 1'; pool.query(q)", "SELECT a FROM t LIMIT 1"),
        ("pool.query('SELECT a FROM t'.trim())", "SELECT a FROM t"),
        ("pool.query(`SELECT a FROM t`.replace(/\\s+/g, ' '))", "SELECT a FROM t"),
        ("pool.query('SELECT a '.concat('FROM t'))", "SELECT a FROM t"),
        ("pool.query(dedent`SELECT a FROM t`)", "SELECT a FROM t"),
        ("pool.query(`SELECT a FROM t ${x ? 'WHERE b = 1' : ''}`)", "SELECT a FROM t WHERE b = 1"),
        ("pool.query(`SELECT a FROM t ORDER BY a ${d ? 'DESC' : 'ASC'}`)", "SELECT a FROM t ORDER BY a DESC"),
        (
            "pool.query(`UPDATE t SET a = ${x ? '1' : '2'} ${x ? '' : 'FROM u'} WHERE ${x ? 'b' : 'c'} = 1`)",
            "UPDATE t SET a = 1  WHERE b = 1",
        ),
        (
            "pool.query(`UPDATE t SET a = ${x ? '1' : '2'} ${y ? '' : 'FROM u'} WHERE b = 1`)",
            "UPDATE t SET a = 1 FROM u WHERE b = 1",
        ),
        ("const q = (t) => `SELECT a FROM ${t}`; pool.query(q('x'))", "SELECT a FROM __t"),
        ("function q() { return 'SELECT a FROM t'; } pool.query(q())", "SELECT a FROM t"),
        ("pool.query('SELECT a FROM ?? WHERE ?? = ?', [t, c, v])", "SELECT a FROM __name WHERE __name = ?"),
        ("pool.query(\"SELECT '??' FROM t\")", "SELECT '??' FROM t"),
        ("pool.query('SELECT a FROM t WHERE b = $1 AND c = :n AND d = @p AND e = ?')", None),
    ],
)
def test_folding(text: str, sql: str | None) -> None:
    call = only(text)
    assert_maps(text, call)
    if sql is None:
        sql = text[len("pool.query('") : -len("')")]
        assert not call.region.templated
    assert call.region.text == sql


def test_escapes_are_read_and_kept_apart() -> None:
    text = "pool.query('SELECT \\'a\\\\b\\'\\nFROM t'); bq.query(`SELECT a FROM \\`p.d.t\\``)"
    first, second = calls_of(text)
    assert first.region.text == "SELECT 'a\\b'\nFROM t"
    assert second.region.text == "SELECT a FROM `p.d.t`"
    for call in (first, second):
        assert_maps(text, call)
        assert not call.region.templated
        assert {part.hole for part in call.region.map.segments} == {None, HoleKind.ESCAPE}


@pytest.mark.parametrize(
    ("text", "bad", "good"),
    [
        ("pool.query('SELECT a FROM t')", ("'", "\\", "\n", "\r"), ('"', "`", "${")),
        ('pool.query("SELECT a FROM t")', ('"', "\\", "\n"), ("'", "`", "${")),
        ("pool.query(`SELECT a FROM t`)", ("`", "\\", "${"), ("'", '"', "\n", "$1")),
    ],
)
def test_what_a_fix_must_not_write(text: str, bad: tuple[str, ...], good: tuple[str, ...]) -> None:
    region = only(text).region
    for content in bad:
        assert not region.map.editable(Span(7, 8), content), content
    for content in good:
        assert region.map.editable(Span(7, 8), content), content


@pytest.mark.parametrize("before", ["", "// 🐘 日本é\r\n", "const x = '🐘';\n"])
def test_positions_with_wide_characters_and_crlf(before: str) -> None:
    text = before + "db.query(`\r\n  SELECT '🐘', ${x}é\r\n  FROM täble\r\n`);"
    call = only(text)
    assert_maps(text, call)
    at = call.region.text.index("täble")
    assert text[slice(*call.region.map.to_file(Span(at, at + 5)))] == "täble"
    assert text[slice(*call.span)] == text[text.index("db.query") : -1]
    assert text[slice(*call.name)] == "query"


@pytest.mark.parametrize(
    ("text", "sink", "sql"),
    [
        ("sql`SELECT a FROM t WHERE b = ${x}`", "sql`", "SELECT a FROM t WHERE b = ?"),
        ("await sql<Row[]>`SELECT a FROM t WHERE b = ${x}`", "sql`", "SELECT a FROM t WHERE b = ?"),
        ("prisma.$queryRaw`SELECT a FROM t WHERE b = ${x}`", "$queryRaw`", "SELECT a FROM t WHERE b = ?"),
        ("prisma.$queryRaw<A | null>`SELECT a FROM t`", "$queryRaw`", "SELECT a FROM t"),
        ("prisma.$queryRaw(Prisma.sql`SELECT a FROM t WHERE b = ${x}`)", "$queryRaw`", "SELECT a FROM t WHERE b = ?"),
        ("db.execute(sql`SELECT a FROM ${orders} WHERE b = ${x}`)", "execute`", "SELECT a FROM __orders WHERE b = ?"),
        ("pool.one(sql.type(row)`SELECT a FROM t WHERE b = ${x}`)", "one`", "SELECT a FROM t WHERE b = ?"),
        ("const w = sql`WHERE b = ${x}`; db.execute(sql`SELECT a FROM t ${w}`)", "execute`", "SELECT a FROM t WHERE b = ?"),
        ("db.execute(sql`SELECT a FROM t ${c ? sql`WHERE b = ${x}` : sql``}`)", "execute`", "SELECT a FROM t WHERE b = ?"),
        ("const q = sql.type(row)`SELECT a FROM t WHERE b = ${x}`", "type`", "SELECT a FROM t WHERE b = ?"),
        ("sql`INSERT INTO t ${sql(rows)}`", "sql`", None),
        ("db.query('SELECT a FROM t WHERE b = ' + x)", "query", "SELECT a FROM t WHERE b = ?"),
        ("prisma.$queryRawUnsafe(`SELECT a FROM t WHERE b = ${x}`)", "$queryRawUnsafe", "SELECT a FROM t WHERE b = ?"),
    ],
)  # fmt: skip
def test_bound_and_pasted(text: str, sink: str, sql: str | None) -> None:
    call = only(text)
    assert call.sink == sink
    assert_maps(text, call)
    if sql is not None:
        assert call.region.text == sql


def test_what_a_tag_pastes_is_no_parameter() -> None:
    call = only("const T = 'orders'; sql`SELECT a FROM ${sql.raw(T)} WHERE ${sql.raw(cond)} = ${x}`")
    assert call.region.text == "SELECT a FROM orders WHERE __cond = ?"
    assert [host for _, _, host in holes(call)] == ["sql.raw(cond)", "x"]


@pytest.mark.parametrize(
    ("text", "sql"),
    [
        ("knex('t').whereRaw('date(a) = ?', [d])", "SELECT NULL WHERE date(a) = ?"),
        ("knex('t').orderByRaw(`a ${dir}`)", "SELECT NULL ORDER BY a ASC"),
        ("qb.havingRaw('count(*) > 1')", "SELECT NULL HAVING count(*) > 1"),
    ],
)
def test_a_fragment_stands_in_the_statement_it_is_part_of(text: str, sql: str) -> None:
    call = only(text)
    assert call.region.text == sql
    assert_maps(text, call)
    where = call.region.map.segments[0]
    assert where.hole is HoleKind.ESCAPE
    assert text[slice(*where.file)] == call.sink
