"""What SQL texts show of their dialect: a literal to look for first, a pattern to make sure, and points."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from leaktight.lazy import regex


class Sign(NamedTuple):
    """A sign: `pattern` matches where `literal` begins, in lower-case text; `weights` are points a dialect.

    A literal that begins with a letter is looked for at the beginning of words. `gates` are words or single
    characters, one of which stands in each text with the sign.
    """

    literal: str
    pattern: re.Pattern[str]
    weights: Mapping[str, int]
    gates: tuple[str, ...]


_SHORT = {
    "pg": "postgres", "bq": "bigquery", "sf": "snowflake", "rs": "redshift", "my": "mysql", "ms": "tsql",
    "or": "oracle", "sl": "sqlite", "du": "duckdb", "sp": "spark", "db": "databricks", "hi": "hive",
    "at": "athena", "tr": "trino", "ch": "clickhouse", "td": "teradata",
}  # fmt: skip


_WORD = regex(r"[a-z_]\w*")
_CHOICES = regex(r"\(\?:([\w|]+)\)")
_MARKS = "`@$\\][#:>+*"


def _sign(weights: str, literal: str, pattern: str | None = None) -> Sign:
    if pattern is None:
        pattern = re.escape(literal) + (r"\b" if literal[-1].isalnum() or literal[-1] == "_" else "")
    points = {_SHORT[word[:2]]: int(word[2:]) for word in weights.split()}
    return Sign(literal, regex(pattern), points, _gates(literal, pattern))


def _gates(literal: str, pattern: str) -> tuple[str, ...]:
    mark = next((character for character in _MARKS if character in literal), "")
    if mark:
        return (mark,)
    words = _WORD.findall(literal)
    rest = pattern[len(literal) :] if pattern.startswith(literal) else ""
    choices = _CHOICES.match(rest)
    if choices and literal.endswith(words[-1]):
        return tuple(words[-1] + choice for choice in choices.group(1).split("|"))
    return (max(words, key=len),)


SIGNS = (
    # names and casts
    _sign("bq6", "`", r"`[a-z][\w-]*\.[\w$-]+(?:\.[\w$*-]+)*`|`[a-z]+(?:-\w+)+`\."),
    _sign("bq5", "from", r"from\s+[a-z]\w*(?:-\w+)+\.[a-z]"),
    _sign("bq5", "join", r"join\s+[a-z]\w*(?:-\w+)+\.[a-z]"),
    _sign("my2 sp2 db2 hi1 bq1 ch1 or-6", "`", r"`\w+`"),
    _sign("pg3 sf3 rs2 du2 db1", "::", r"::\s*[a-z]"),
    _sign("ms5", "].[", r"\]\.\["),
    _sign("ms3", "from [", r"from\s\[[a-z_][\w ]*\]"),
    _sign("ms3", "join [", r"join\s\[[a-z_][\w ]*\]"),
    _sign("ms3", "into [", r"into\s\[[a-z_][\w ]*\]"),
    _sign("ms3", "table [", r"table\s\[[a-z_][\w ]*\]"),
    _sign("ms2", "select [", r"select\s\[[a-z_][\w ]*\](?:\s+as\b|\s*,\s*\[)"),
    _sign("ms4", "dbo."),
    _sign("ms5", "\ngo", r"\ngo[ \t]*;?[ \t]*\r?(?:\n|\Z)"),
    _sign("ms6", "declare @", r"declare\s@\w"),
    _sign("ms4", "@@", r"@@(?:rowcount|error|identity|trancount)\b"),
    _sign("ms4", "into #", r"into\s\#\w"),
    _sign("ms4", "from #", r"from\s\#\w"),
    _sign("ms4", "table #", r"table\s\#\w"),
    # PostgreSQL and kin
    _sign("pg3 sl2 du2", "on conflict"),
    _sign("pg4", "serial"),
    _sign("pg4", "bigserial"),
    _sign("pg4", "jsonb"),
    _sign("pg2 rs1 du2", "timestamptz"),
    _sign("pg1 sf1 rs1 du1 db1", "ilike"),
    _sign("pg3 sf1", "$$"),
    _sign("pg6 rs1", "plpgsql"),
    _sign("pg6", "create extension"),
    _sign("pg3 du1", "distinct on", r"distinct\s+on\s*\("),
    _sign("pg2 my1 sl1 du1", "->>"),
    _sign("pg3", "@>"),
    _sign("pg5", "concurrently"),
    _sign("pg4", "bytea"),
    _sign("pg3", "nextval(''"),
    _sign("pg3", "regclass"),
    _sign("pg4", "owner to"),
    _sign("pg3", "using gin"),
    _sign("pg4", "pg_", r"pg_(?:catalog|class|dump|stat_activity|namespace|sleep|get_serial_sequence)\b"),
    _sign("pg2 du2", "generate_series("),
    _sign("pg1 du1 rs1", "date_part("),
    _sign("pg1 or1 sf1 rs1", "to_char("),
    _sign("pg1 rs1 du1", "character varying"),
    _sign("pg1 sl1 du1", "returning"),
    _sign("pg2 du1", "interval ''", r"interval\s+''(?!\s*(?:day|hour|month|year|minute|second|week))"),
    _sign("pg2", "unlogged"),
    _sign("pg2 tr2 du1", "array["),
    _sign("pg2", "\n\\", r"\n\\(?:echo|set|i|copy|c|connect|timing)\b"),
    # MySQL, SQLite
    _sign("my6", "/*!"),
    _sign("my6", "auto_increment"),
    _sign("my6", "engine", r"engine\s*=\s*(?:innodb|myisam|aria)"),
    _sign("my4", "unsigned"),
    _sign("my6", "on duplicate key"),
    _sign("my5", "insert ignore"),
    _sign("my5", "utf8mb4"),
    _sign("my3", "str_to_date("),
    _sign("my2 sl2", "group_concat("),
    _sign("my3", "load data", r"load\s+data\s+(?:local\s+)?infile\b"),
    _sign("my2", "mediumint"),
    _sign("my3 ch2 sp1 db1", "add", r"add\s+(?:column\s+)?\w+\s[^;]{2,200}\safter\s+`?\w+`?\s*(?:[,;]|\Z)"),
    _sign("my3 or1", "modify", r"modify\s+column\s+[\w`]"),
    _sign("my3 sp1 db1", "change", r"change\s+(?:column\s+)?`?\w+`?\s+`?\w+`?\s+(?:var)?(?:char|binary)\("),
    _sign("my3 ms2", "drop index", r"drop\s+index\s+[\w`]+\s+on\s+[\w`]"),
    _sign("my2", "tinyint("),
    _sign("my1 sp1 db1 hi1", "date_format("),
    _sign("my1 bq1 sl1", "ifnull("),
    _sign("my2", "curdate("),
    _sign("sl4 sf1", "autoincrement"),
    _sign("sl4 du1", "pragma ", r"pragma\s\w+\s*(?:=|;|\()"),
    _sign("sl6", "without rowid"),
    _sign("sl4 du1", "insert or", r"insert\s+or\s+(?:replace|ignore)\b"),
    _sign("sl6", "sqlite_", r"sqlite_(?:master|schema|sequence)\b"),
    _sign("sl3 du2", "strftime("),
    _sign("sl4", "julianday("),
    # BigQuery
    _sign("bq5", "safe_cast("),
    _sign("bq5", "safe_divide("),
    _sign("bq4", "int64"),
    _sign("bq4", "float64"),
    _sign("bq3 sp2 db2 hi2 at1", "struct<"),
    _sign("bq2 sp2 db2 hi2 at1", "array<"),
    _sign("bq3 db1", "* except", r"\*\sexcept\s*\("),
    _sign("bq3", "* replace", r"\*\sreplace\s*\("),
    _sign("sf2 bq2 db1 du1 td2", "qualify"),
    _sign("bq6", "_partitiontime"),
    _sign("bq6", "_table_suffix"),
    _sign("bq2", "options", r"options\s*\("),
    _sign("bq3 ch2", "countif("),
    _sign("bq5", "generate_date_array("),
    _sign("bq6", "farm_fingerprint("),
    _sign("bq4", "timestamp_", r"timestamp_(?:trunc|sub|add|diff|micros|millis|seconds)\("),
    _sign("bq4", "parse_", r"parse_(?:date|timestamp|datetime)\("),
    _sign("bq4", "format_", r"format_(?:date|timestamp|datetime)\("),
    _sign("bq3", "date_trunc(", r"date_trunc\([^,()']+(?:\([^()]*\)[^,()']*)?,\s*(?:iso)?[a-z]+"),
    _sign("bq4", "datetime_trunc("),
    _sign("bq3", "date_", r"date_(?:sub|add|diff)\([^;]{1,200}?,\s*(?:interval\s+@?\w+\s+[a-z]+|day|month|year)\)"),
    _sign("bq4", "temp function"),
    _sign("bq2", "unnest(", r"unnest\(\w[\w.]*\)\s*(?:as\s+)?\w+(?!\s*\(|\w)"),
    _sign("bq2", "except distinct"),
    _sign("bq2 sp1 db1", "as string)"),
    _sign("bq3", "[offset("),
    _sign("bq3", "[safe_offset("),
    _sign("bq2", "union distinct"),
    _sign("bq2 ms1", "@", r"(?<=[=<>(,\s])@[a-z]"),
    _sign("bq2", "starts_with("),
    _sign("bq2", "any_value("),
    _sign("bq3", "extract(", r"extract\(\s*(?:date|dayofweek|dayofyear|isoweek)\s+from"),
    _sign("bq5", "any type"),
    _sign("bq3 db1", "returns string"),
    _sign("bq2 db1", "function", r"function\s+[\w.`-]+\s*\([^()]*\)\s*as\s*\("),
    # Snowflake
    _sign("sf5", "variant"),
    _sign("sf6", "lateral flatten", r"lateral\s+flatten\s*\("),
    _sign("sf6", "table(flatten("),
    _sign("sf6", "$1", r"\$1\s*:\s*[a-z\"]"),
    _sign("sf3 db2", ":", r"(?<=\w):[a-z_]\w*(?:[.\[]\w+\]?)*\s*::"),
    _sign("sf3", "iff("),
    _sign("sf4 db2", "copy into"),
    _sign("sf5", "use warehouse"),
    _sign("sf5", "create warehouse"),
    _sign("sf5", "alter warehouse"),
    _sign("sf5", "or replace warehouse"),
    _sign("sf5 db1", "timestamp_", r"timestamp_(?:ntz|ltz|tz)\b"),
    _sign("sf6", "object_construct("),
    _sign("sf4", "try_to_", r"try_to_(?:number|date|timestamp|boolean|decimal|double|time|binary|geography)\b"),
    _sign("sf3 bq2 db1", "parse_json("),
    _sign("sf3 td2", "zeroifnull("),
    _sign("sf6", "transient", r"transient\s+(?:table|schema|database)\b"),
    _sign("sf5", "create", r"create\s+(?:or\s+replace\s+)?(?:stage|pipe|stream|task|file\s+format)\b"),
    _sign("sf2 rs1 or1", "listagg("),
    _sign("sf2 ms2 rs2 db1", "dateadd("),
    _sign("sf1 ms2 rs2 sp1 db1", "datediff("),
    _sign("sf2 du2", "max_by("),
    _sign("sf2 or2", "number(", r"number\(\d"),
    # Redshift
    _sign("rs6", "distkey"),
    _sign("rs6", "sortkey"),
    _sign("rs6", "diststyle"),
    _sign("rs4", "encode", r"encode\s+(?:zstd|lzo|az64|raw|bytedict|delta|runlength)\b"),
    _sign("rs4", "unload"),
    _sign("rs5", "iam_role"),
    _sign("rs2", "json_extract_path_text("),
    _sign("ms2 rs1 db1", "getdate()"),
    _sign("or2 rs1 sp1 sf1", "nvl("),
    # SQL Server
    _sign("ms5", "nvarchar"),
    _sign("ms4 td1", "select top", r"select\stop\s*\(?\s*\d"),
    _sign("ms3 rs1 sf1", "identity(", r"identity\s*\(\s*\d"),
    _sign("ms6", "nolock"),
    _sign("ms2", "isnull("),
    _sign("ms4", "datetime2"),
    _sign("ms4 or1", "cross apply"),
    _sign("ms5 or1", "outer apply"),
    _sign("ms3", "begin tran"),
    _sign("ms2", "exec", r"exec\s+(?:\[|dbo\.|sp_)\w*"),
    _sign("ms2", "convert(", r"convert\(\s*(?:n?varchar|date(?:time)?|int|decimal)\b"),
    # Oracle
    _sign("or6", "varchar2"),
    _sign("or4 my1", "from dual"),
    _sign("or4", "sysdate", r"sysdate\b(?!\s*\()"),
    _sign("or5", "rownum"),
    _sign("or3 sf1", "connect by"),
    _sign("or5", "(+)"),
    _sign("or6", "dbms_", r"dbms_(?:output|stats|lob|sql|scheduler|utility|random|lock)\b"),
    _sign("or3 sf1", ".nextval"),
    _sign("or2 db1 sp1", "minus", r"minus\s+select\b"),
    # Spark, Databricks, Hive, Athena, Trino
    _sign("db5 sp3", "using delta"),
    _sign("sp4 db3", "using", r"using\s+(?:parquet|iceberg|orc|csv|json)\b"),
    _sign("sp3 hi3 db2 at2", "partitioned by"),
    _sign("hi4 sp2 at3", "stored as"),
    _sign("hi3 at3 sp1", "row format"),
    _sign("sp4 hi3 db3", "lateral view"),
    _sign("sp3 hi3 db2 sf1", "insert overwrite"),
    _sign("db6", "zorder"),
    _sign("db2 sp2 hi2 at2", "tblproperties"),
    _sign("sp3 db3 hi2", "collect_", r"collect_(?:list|set)\("),
    _sign("sp3 db3 hi2", "explode("),
    _sign("hi3 at3 sp2", "msck repair"),
    _sign("at3 hi2 sp1", "external table", r"external\s+table\b[^;]{0,20000}?\blocation\s+''"),
    _sign("db6", "create or refresh"),
    _sign("db5", "read_files("),
    _sign("tr3 at2", "date_parse("),
    _sign("tr2 at1 bq1", "json_extract_scalar("),
    _sign("tr3 at2", "at_timezone("),
    _sign("tr2 at1", "approx_distinct("),
    _sign("tr5 at4", "partitioned_by", r"partitioned_by\s*=\s*array\["),
    _sign("tr3 at3", "with (format", r"with\s*\(\s*format\s*="),
    _sign("tr3 at3", "unnest(", r"unnest\([^()]*\)\s+as\s+\w+\s*\(\w"),
    # DuckDB, ClickHouse, Teradata
    _sign("du6", "read_", r"read_(?:parquet|csv|csv_auto|json|json_auto|ndjson)\("),
    _sign("du3 sf2 rs1", "* exclude"),
    _sign("du6", "hugeint"),
    _sign("du5", "struct_pack("),
    _sign("du4", "install", r"install\s+(?:httpfs|spatial|json|parquet|icu|aws|iceberg|postgres)\b"),
    _sign("pg3 rs2", "copy", r"copy\s+[\w.]+(?:\s*\([^()]*\))?\s+from\b"),
    _sign("du5", "main.", r"(?<=\w\.)main\.\w"),
    _sign("du2", "from ''", r"from\s+''"),
    _sign("du2 sf1 db1", "group by all"),
    _sign("du4", "list_", r"list_(?:aggregate|transform|filter|contains|value|distinct|sort)\("),
    _sign("du3", "regexp_matches("),
    _sign("ch8", "engine", r"engine\s*=\s*\w*mergetree\b"),
    _sign("ch6", "on cluster", r"on\s+cluster\b"),
    _sign("ch8", "simpleaggregatefunction("),
    _sign("ch6", "aggregatefunction("),
    _sign("ch6", "tostartof"),
    _sign("ch6", "arrayjoin("),
    _sign("ch4", "uint", r"uint(?:8|16|32|64)\b"),
    _sign("ch6", "lowcardinality("),
    _sign("ch4", "nullable("),
    _sign("ch6", "prewhere"),
    _sign("ch3", "todate("),
    _sign("td6", "multiset table"),
    _sign("td5", "primary index", r"primary\s+index\s*\("),
    _sign("td5", "volatile table"),
)

SIGNS_BY_GATE: dict[str, list[Sign]] = {}
for _each in SIGNS:
    for _gate in _each.gates:
        SIGNS_BY_GATE.setdefault(_gate, []).append(_each)
MARKS = tuple(gate for gate in SIGNS_BY_GATE if gate in _MARKS)
WORDS = SIGNS_BY_GATE.keys() - set(MARKS)
