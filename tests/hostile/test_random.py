"""Random bytes, random texts and mutilated files of every language: never an error, never a hang."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from leaktight.registry import load_rules
from leaktight.testing import examples_of, marked
from leaktight.workers import Failure

Inspect = Callable[[Mapping[str, "str | bytes"]], dict[str, Any]]

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples" / "shop"
ENDINGS = {"sql": "sql", "python": "py", "javascript": "js", "typescript": "ts", "tsx": "tsx", "yaml": "yaml"}
FRAGMENTS = tuple(
    "select|from|where|join|left join|on|group by|order by|limit|insert into|values|update|set|delete|merge|with|as|(|)|(|)|,|;|"
    "t|a.b|*|=|<>|null|is not|in|like|'%x'|'|\"|`|--|/*|*/|#|$$|:x|?|%s|{|}|{{|}}|{% if x %}|{% endif %}|{% for i in y %}|{#|#}|"
    "${|}|\\|\n|\r\n|\r|\t| |begin|end|case|when|then|union all|create table|alter table|int|float|default|partition by|over|"
    "exists|not|and|or|::|->|[|]|1|1e9|-1|leaktight: ignore[select-star]|é|😀|\u202e|\ufeff|\u2028|x'|r\"|copy|stdin|go|"
    "cursor.execute(|f'|'''|pool.query(|def f(x):|    |class A:|import boto3|table.put_item(|Item=|new PutCommand({|=>|"
    "Resources:|Type: AWS::DynamoDB::Table|- |&a|*a|!Ref|!!python/name:os.system".split("|")
)  # fmt: skip
SQL_WORDS = frozenset(
    "create table index on primary key not null references unique foreign partition by options default check in as "
    "bigint integer int text varchar char numeric boolean date timestamp timestamptz view".split()
)
PREFIXES = {"sql": "", "py": "import psycopg2, boto3, airflow\n", "ts": "import pg from 'pg';\n", "yaml": "dynamodb:\n"}
ROUNDS = 150


def originals() -> Iterator[tuple[str, str]]:
    """Texts that are whole: the example project and the code of every rule's examples, each with its suffix."""
    for path in sorted(EXAMPLES.rglob("*.*")):
        suffix = path.suffix[1:].replace("yml", "yaml")
        if suffix in ENDINGS.values():
            yield suffix, path.read_text()
    for rule in load_rules().values():
        for case in examples_of(rule):
            if case.host == "file":
                yield ENDINGS[case.example.language], marked(case.example.code)[0]


ORIGINALS = sorted(originals())


def assert_all_are_read(outcomes: dict[str, Any], files: Mapping[str, str | bytes]) -> None:
    for path, outcome in outcomes.items():
        assert not isinstance(outcome, Failure), (outcome, files[path])
        assert outcome.errors == (), (outcome.errors, files[path])


@pytest.mark.parametrize("seed", range(3))
def test_random_bytes(inspect_all: Inspect, seed: int) -> None:
    dice = random.Random(seed)
    files: dict[str, str | bytes] = {}
    for number in range(ROUNDS):
        suffix = dice.choice(("sql", "py", "ts", "tsx", "js", "yaml", "ipynb"))
        data = dice.randbytes(dice.choice((0, 1, 3, 200, 2_000)))
        mark = dice.choice(
            (b"", b"", b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"# coding: latin-1\n", b"# coding: utf-7\n")
        )
        if dice.random() < 0.7:
            data = bytes(byte & 0x7F or 32 for byte in data)
        files[f"{number}.{suffix}"] = mark + data
    assert_all_are_read(inspect_all(files), files)


@pytest.mark.parametrize("seed", range(4))
def test_random_words(inspect_all: Inspect, seed: int) -> None:
    dice = random.Random(seed)
    files: dict[str, str | bytes] = {}
    for number in range(ROUNDS):
        suffix, prefix = dice.choice(tuple(PREFIXES.items()))
        glue = dice.choice(("", " ", "\n"))
        words = dice.choices(FRAGMENTS, k=dice.choice((2, 8, 30, 120)))
        files[f"{number}.{suffix}"] = prefix + glue.join(words)
    assert_all_are_read(inspect_all(files), files)


@pytest.mark.parametrize("seed", range(4))
def test_random_words_in_hosts(inspect_all: Inspect, seed: int) -> None:
    dice = random.Random(seed)
    hosts = (
        ("py", "import psycopg2\n\ndef f(cursor, x, y):\n    cursor.execute(f'''{}''')\n"),
        ("py", "import psycopg2\n\ndef f(cursor, x, y):\n    cursor.execute('''{}'''.format(x) % y)\n"),
        ("ts", "import pg from 'pg';\nasync function f(pool, x) {{ await pool.query(`{}`); }}\n"),
        ("ts", "import pg from 'pg';\nasync function f(sql, x) {{ await sql`{}`; }}\n"),
    )
    files: dict[str, str | bytes] = {}
    for number in range(ROUNDS):
        suffix, host = dice.choice(hosts)
        words = "select a " + dice.choice((" ", "")).join(dice.choices(FRAGMENTS, k=dice.choice((3, 12, 40))))
        files[f"{number}.{suffix}"] = host.format(words.replace("'''", "").replace("`", ""))
    assert_all_are_read(inspect_all(files), files)


@pytest.mark.parametrize("seed", range(6))
def test_mutilated_files(inspect_all: Inspect, seed: int) -> None:
    """A file cut off, with a piece gone, doubled or moved, with another newline, or with odd characters put in."""
    dice = random.Random(seed)
    files: dict[str, str | bytes] = {}
    for number in range(2 * ROUNDS):
        suffix, text = dice.choice(ORIGINALS)
        start, end = sorted((dice.randint(0, len(text)), dice.randint(0, len(text))))
        odd = dice.choice(
            (
                "\u202e",
                "😀",
                "\u200b",
                "\x7f",
                "\u2028",
                "'",
                '"',
                "`",
                "(",
                ")",
                "{{",
                "%}",
                "\\",
                "\n",
                "\t",
                "--",
                "/*",
            )
        )
        text = dice.choice((
            text[:start], text[start:], text[:start] + text[end:], text[:end] + text[start:], text[start:end] * 3,
            text[:start] + odd + text[start:], text.replace(" ", odd, 3), text.replace("\n", "\r\n"), text.replace("\n", "\r"),
            text.replace("\n", " "), "\ufeff" + text, text.swapcase(), text[::-1],
        ))  # fmt: skip
        files[f"{number}.{suffix}"] = text
    assert_all_are_read(inspect_all(files), files)


def test_whole_files_with_other_newlines_say_the_same(inspect_all: Inspect) -> None:
    files: dict[str, str | bytes] = {}
    kept = [(suffix, text) for suffix, text in ORIGINALS if suffix == "sql" and "'''" not in text]
    for number, (_, text) in enumerate(kept):
        files[f"{number}-lf.sql"] = text
        files[f"{number}-crlf.sql"] = text.replace("\n", "\r\n").encode()
        files[f"{number}-bom.sql"] = b"\xef\xbb\xbf" + text.encode()
        files[f"{number}-utf16.sql"] = b"\xff\xfe" + text.encode("utf-16-le")
    outcomes = inspect_all(files)
    assert_all_are_read(outcomes, files)
    assert sum(outcomes[f"{number}-lf.sql"].findings for number in range(len(kept))) > 20
    for number, (_, text) in enumerate(kept):
        counts = {kind: outcomes[f"{number}-{kind}.sql"].findings for kind in ("lf", "crlf", "bom", "utf16")}
        assert len(set(counts.values())) == 1, (counts, text)


def test_odd_characters(inspect_all: Inspect) -> None:
    files: dict[str, str | bytes] = {
        "nul.sql": b"select 1\0",
        "nul in text.sql": "select '\0' from t where a = NULL",
        "lone surrogate.sql": "select '\ud800' from t where a = NULL",
        "lone surrogate.py": "import psycopg2\ncursor.execute('select \\ud800 from t where a = NULL')\n",
        "lone surrogate in text.py": "import psycopg2\ncursor.execute('select \ud800 from t where a = NULL')\n",
        "lone surrogate.ts": "import pg from 'pg';\npool.query('select \ud800 from t where a = NULL')\n",
        "right to left.sql": "select '\u202e' \u202d, a\u2066 from t -- \u202e\nwhere a = NULL",
        "emoji.py": "import psycopg2\ncursor.execute('select 😀, \"👩‍👩‍👧‍👦\" from t where a = NULL')\n",
        "emoji.ts": "import pg from 'pg';\n/* 😀👩‍👩‍👧‍👦 */ pool.query(`select '😀' from t where a = NULL`);\n",
        "bom inside.sql": "select a\ufeff from t where b = NULL",
        "two boms.sql": b"\xef\xbb\xbf\xef\xbb\xbfselect 1",
        "odd blanks.sql": "select\u00a0a\u2003from\u3000t where a\u00a0= NULL",
        "line separators.py": "import psycopg2\nx = 'a\u2028b'\ncursor.execute('select a from t where a = NULL')\n",
        "mixed newlines.sql": "select a\rfrom t\r\nwhere a = NULL\n\r",
        "utf-7.py": b"# coding: utf-7\ncursor.execute('select 1')\n",
        "unknown codec.py": b"# coding: \xff\n",
        "code that codecs run.py": b"# coding: unicode_escape\nimport psycopg2\\ncursor.execute('select 1')\n",
        "half a character.sql": "select 'é'".encode()[:-2],
        "overlong.sql": b"select '\xc0\xaf'",
    }
    outcomes = inspect_all(files)
    assert_all_are_read(outcomes, files)
    for path in ("right to left.sql", "emoji.py", "emoji.ts", "line separators.py", "mixed newlines.sql"):
        assert outcomes[path].findings == 1, path
    for path in ("nul.sql", "utf-7.py", "code that codecs run.py", "half a character.sql", "overlong.sql"):
        assert [item.code for item in outcomes[path].lost] == ["encoding"], path


NAMES = (
    '"_"',
    '"?"',
    '"$"',
    '"1"',
    '"a b"',
    '"a.b"',
    "_",
    "$1",
    "#x",
    "@x",
    "[_]",
    "`-`",
    '"é"',
    '"\u2028"',
    "``",
    '""',
)
"""Names without a letter, names that look like something else, and no name at all."""


@pytest.mark.parametrize("name", NAMES)
def test_odd_names(inspect_all: Inspect, name: str) -> None:
    """Each word of the DDL that rules are shown on, but for those of SQL, stands for an odd name once."""
    files: dict[str, str | bytes] = {}
    for rule in load_rules().values():
        tables = next((example.catalog for example in rule.examples if isinstance(example.catalog, str)), "")
        words = {word for word in re.findall(r"[a-z_]+", tables) if word not in SQL_WORDS}
        for number, word in enumerate(sorted(words)[:12]):
            ddl = re.sub(rf"\b{word}\b", lambda _: name, tables)
            files[f"{rule.name}-{number}.sql"] = ddl
    assert_all_are_read(inspect_all(files), files)
