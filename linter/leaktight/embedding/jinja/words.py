"""SQL words, sorted by what they say about the place before and after them. Lower case, any dialect."""

from __future__ import annotations

STATEMENT_VERBS = frozenset(
    "select with insert update delete merge create alter drop truncate grant revoke begin commit rollback call declare"
    " use show describe explain copy vacuum analyze analyse refresh export load assert execute unload comment lock"
    " values from reset unset set deny msck optimize".split()
)

QUERY_STARTS = frozenset(("select", "with"))

SET_OPERATORS = frozenset(("union", "except", "intersect", "minus"))

RELATION_AFTER = frozenset(
    "from join into update table view using truncate overwrite apply straight_join exists describe".split()
)

OPERAND_AFTER = frozenset(
    "select distinct where and or on having by when then else not case in between like ilike rlike regexp similar is"
    " set limit offset top qualify returning interval all any some as with recursive values from join into update table"
    " view using overwrite if over call return default delete create replace alter drop percent escape div mod xor"
    " exists filter within cast div to straight_join apply truncate explain describe until while elseif begin do"
    " rename column add check materialized cluster partition fetch declare execute immediate unnest".split()
)

CLAUSE_STARTS = frozenset(
    "from where group order having limit qualify union except intersect minus join left right inner outer full cross"
    " on using when then else end and or as asc desc over window is in between like ilike rlike not set into offset"
    " fetch natural lateral values tablesample partition cluster sort distribute options nulls rows range returning"
    " matched do for with intersect anti semi asof pivot unpivot filter within collate escape at ignore respect"
    " separator format engine comment".split()
)

COMMA_BEFORE_ENDS = frozenset(
    "from where group order having limit qualify union except intersect window select when else end into"
    " join on".split()
)

RESERVED = frozenset(
    "all and any array as asc between by case cast check collate column constraint create cross current current_date"
    " current_time current_timestamp database default delete desc describe distinct div drop else end except exists"
    " explain false fetch filter for foreign format from full function group having if ilike in index inner insert"
    " intersect interval into is join key lateral left like limit merge natural not null offset on or order outer over"
    " partition pivot primary procedure qualify range references replace returning right row rows schema select set"
    " some table tablesample then to true truncate union unique unnest unpivot update use using values view when where"
    " window with xor struct map set procedure index end begin commit".split()
)

SIZED_TYPES = frozenset(
    "varchar char nvarchar nchar numeric decimal number float bignumeric binary varbinary time timestamp datetime2"
    " string character bpchar percent system bernoulli rows".split()
)

COMPARES = frozenset("= < > <= >= <> != + - * / % | || between like ilike rlike in and_between".split())

BACKSLASH_DIALECTS = frozenset(
    ("bigquery", "mysql", "spark", "spark2", "databricks", "hive", "clickhouse", "snowflake", "redshift")
)

HASH_COMMENT_DIALECTS = frozenset(("bigquery", "mysql", "doris", "starrocks"))
