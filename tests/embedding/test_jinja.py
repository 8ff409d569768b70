"""Masking of Jinja: same length, same newlines, each arm seen, and SQL that parses wherever a tag stands."""

from __future__ import annotations

import random
import time
from itertools import pairwise

import pytest
from sqlglot.dialects.dialect import Dialect

from leaktight.embedding.jinja import config_of, mask, references
from leaktight.source import HoleKind, Language, Region, identity_map
from leaktight.text import Span


def region(text: str, dialect: str | None = None) -> Region:
    return Region(Language.SQL, text, identity_map(len(text)), dialect=dialect)


def views(text: str, dialect: str | None = None) -> list[str]:
    """Mask, hold what must hold for each view, and give the texts with runs of blanks made one."""
    found = []
    for index, view in enumerate(mask(region(text, dialect))):
        assert len(view.text) == len(text)
        assert [i for i, c in enumerate(view.text) if c in "\r\n"] == [i for i, c in enumerate(text) if c in "\r\n"]
        assert view.variant == index
        segments = view.map.segments
        assert segments[0].region.start == 0
        assert segments[-1].region.end == len(text)
        for before, after in pairwise(segments):
            assert before.region.end == after.region.start
        for segment in segments:
            assert segment.region == segment.file
            if segment.verbatim:
                assert view.text[slice(*segment.region)] == text[slice(*segment.file)]
        found.append(" ".join(view.text.split()))
    return found


def parse(text: str, dialect: str = "bigquery") -> None:
    known = Dialect.get_or_raise(dialect)
    statement = []
    for token in known.tokenize(text):
        if token.text == ";":
            if statement:
                known.parser().parse(statement, text)
            statement = []
        else:
            statement.append(token)
    if statement:
        known.parser().parse(statement, text)


def holes(text: str, view: int = 0) -> list[tuple[str, HoleKind]]:
    masked = mask(region(text))[view]
    return [
        (masked.text[slice(*segment.region)].strip(), segment.hole)
        for segment in masked.map.segments
        if segment.hole is not None
    ]


@pytest.mark.parametrize(
    "text",
    [
        "select 1",
        "",
        "select '{{1,2},{3,4}}'::int[][]",
        "select '{{a,b},{c,d}}'",
        "select * from t where a like '{%'",
        "select '{{' || x",
        "select '{#' from t",
        "select '{{#if x}}'",
    ],
)
def test_text_without_a_template_comes_back_as_it_is(text: str) -> None:
    given = region(text)
    assert mask(given) == (given,)
    assert mask(given)[0] is given


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("select * from {{ ref('orders') }}", "select * from orders"),
        ("select * from {{ ref(\"pkg\", 'orders') }} o", "select * from orders o"),
        ("select * from {{ ref('orders', v=2) }}", "select * from orders_v2"),
        ("select * from {{ ref('orders', version='1.5') }}", 'select * from "orders_v1.5"'),
        ("select * from {{ source('raw', 'orders') }}", "select * from raw.orders"),
        ("select * from {{ this }}", "select * from this"),
        ("select * from {{- ref('orders') -}} where a = 1", "select * from orders where a = 1"),
        ("{{ config(materialized='table') }}\nselect 1", "select 1"),
        ("{# note {{ x }} #}select 1", "select 1"),
        ("select {{ var('days') }} from t", "select days from t"),
        ("select a from t limit {{ var('n') }}", "select a from t limit 1"),
        ("with a as ( {{ union_all() }} ) select * from a", "with a as ( select 1 ) select * from a"),
        ("select * from ( {{ q }} ) x", "select * from ( from x ) x"),
        ("select {{ dbt_utils.star(from=ref('a')) }} from t", "select star from t"),
        ("select a, {{ cents('b') }} as b from t", "select a, cents as b from t"),
        ("select a from t {{ where_clause }}", "select a from t"),
        ("select a from t {{ where_clause }} group by 1", "select a from t group by 1"),
        ("select a from t where b {{ op }} 3", "select a from t where b = 3"),
        ("select a from a_{{ x }}_b", "select a from a_x_______b"),
        ("select {{ x }}_total from t", "select x_total from t"),
        ("select total_{{ x }} from t", "select total_x from t"),
        ("select '{{ ds }}' as d", "select 'ds______' as d"),
        ("select * from `{{ p }}.{{ d }}.t`", "select * from `p______.d______.t`"),
        ("select a {{ ',' }} b from t", "select a , b from t"),
        ('select a {{ "," if not loop.last }} from t', "select a from t"),
        ("select a {{ \",\" if not loop.last else '' }} from t", "select a from t"),
        ("select {{ 'distinct' if x }} a from t", "select distinct a from t"),
        ("select * from {{ project }}.{{ dataset }}.t", "select * from project .dataset .t"),
        ("insert into t {{ query }}", "insert into t select 1"),
        ("create table t as {{ query }}", "create table t as select 1"),
        ("select a, {{ b }}, {{ b }}", "select a, b , b"),
        ("select cast(a as {{ type }}) from t", "select cast(a as int ) from t"),
        ("select a::{{ type }} from t", "select a::int from t"),
        ("select date_sub(d, interval {{ n }} {{ unit }})", "select date_sub(d, interval n day )"),
        ("select 1 {{ union }} select 2", "select 1 union all select 2"),
        ("with {{ ctes }} select 1", "with x as(x) select 1"),
        ("with a as (select 1), {{ ctes }} select 1", "with a as (select 1), x as(x) select 1"),
        (
            "with a as (select 1), {{ ctes }}, b as (select 1) select 1",
            "with a as (select 1), x as(x) , b as (select 1) select 1",
        ),
        ("select * except ({{ cols }}) from t", "select * except (cols ) from t"),
        ("select a from t join u using ({{ key }})", "select a from t join u using (key_ )"),
        ("select a from t {{ kind }} join u on true", "select a from t join u on true"),
        ("select a from t {{ kind }} u on true", "select a from t join u on true"),
        ("-- {{ x }}\nselect 1", "-- select 1"),
        ("select a -- it's {{ x }}\n, {{ b }} from t", "select a -- it's , b from t"),
    ],
)
def test_a_place_gets_what_it_wants(text: str, expected: str) -> None:
    found = views(text)
    assert found == [expected]
    parse(mask(region(text))[0].text)


def test_two_macros_of_one_name_are_two_names() -> None:
    assert views("select {{ clean('a') }}, {{ clean('b') }}, {{ clean('a') }}") == ["select clean , clean_2 , clean"]


def test_a_reserved_name_is_quoted_as_the_dialect_quotes() -> None:
    assert views("select * from {{ ref('order') }}", "bigquery") == ["select * from `order`"]
    assert views("select * from {{ ref('order') }}", "postgres") == ['select * from "order"']
    assert views("select * from {{ ref('my-model') }}", "bigquery") == ["select * from `my-model`"]


def test_kinds_of_holes() -> None:
    text = "{{ config() }}select {{ a }}, '{{ ds }}' from {{ ref('t') }} where x = {{ var('y') }} {{ more }}"
    assert holes(text) == [
        ("", HoleKind.BLANK),
        ("a", HoleKind.IDENTIFIER),
        ("ds______", HoleKind.VALUE),
        ("t", HoleKind.RELATION),
        ("y", HoleKind.VALUE),
        ("", HoleKind.VALUE),
    ]


def test_a_hole_knows_its_template_text() -> None:
    masked = mask(region("select * from {{ ref('t') }} x"))[0]
    (hole,) = masked.map.holes(Span(0, len(masked.text)))
    assert hole.host == "{{ ref('t') }}"
    assert masked.templated


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("select 1 {% if a %}x{% endif %}", ["select 1 x", "select 1"]),
        ("select {% if a %}1{% else %}2{% endif %}", ["select 1", "select 2"]),
        (
            "select {% if a == 'x' %}1{% elif a == 'y' %}2{% else %}3{% endif %}",
            ["select 1", "select 2", "select 3"],
        ),
        (
            "select a from t {% if is_incremental() %} where b > (select max(b) from {{ this }}) {% endif %}",
            ["select a from t where b > (select max(b) from this )", "select a from t"],
        ),
        # The same question has one answer in one view.
        (
            "select {% if a %}1{% else %}2{% endif %}, {% if not a %}3{% else %}4{% endif %}",
            ["select 1 , 4", "select 2 , 3"],
        ),
        (
            "select {% if a == 'x' %}1{% else %}2{% endif %}, {% if a != 'x' %}3{% else %}4{% endif %}",
            ["select 1 , 4", "select 2 , 3"],
        ),
        # An arm within an arm.
        (
            "select {% if a %}{% if b %}1{% else %}2{% endif %}{% else %}3{% endif %}",
            ["select 1", "select 2", "select 3"],
        ),
        # Without an arm nothing would stand where something must.
        ("select {% if a == 1 %}x{% elif a == 2 %}y{% endif %} from t", ["select x from t", "select y from t"]),
        ("select a from t where {% if a %}b{% endif %}", ["select a from t where b"]),
        # What `if execute` guards is what runs.
        ("select a {% if execute %}, b{% endif %} from t", ["select a , b from t"]),
    ],
)
def test_each_arm_is_seen(text: str, expected: list[str]) -> None:
    assert views(text) == expected


def test_views_are_few() -> None:
    text = (
        "select " + "".join(f"{{% if a == {n} %}}{n}{{% elif a == -{n} %}}-{n}{{% endif %}}, " for n in range(20)) + "1"
    )
    assert 1 < len(views(text)) <= 6
    arms = "{% if a == 0 %}0" + "".join(f"{{% elif a == {n} %}}{n}" for n in range(1, 30)) + "{% else %}99{% endif %}"
    assert len(views("select " + arms)) == 6


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "select {% for c in cols %}{{ c }}{% if not loop.last %}, {% endif %}{% endfor %} from t",
            "select c from t",
        ),
        ("select a, {% for c in cols %}{{ c }}, {% endfor %} from t", "select a, c from t"),
        ("select a {% for c in cols %}, {{ c }}{% endfor %} from t", "select a , c from t"),
        (
            "{% for c in ['x', 'y'] %}select {{ c }} {% if not loop.last %}union all{% endif %}{% endfor %}",
            "select x",
        ),
        ("{% for c in cols %}select {{ c }} union all {% endfor %}", "select c"),
        ("select a from t where {% for c in cols %}{{ c }} > 1 and {% endfor %}", None),
        ("with {% for c in cs %}{{ c }} as (select 1), {% endfor %} select 1", "with c as (select 1) select 1"),
        ("{% set cols = ['x', 'y'] %}select {% for c in cols %}{{ c }}{% endfor %}", "select x"),
        ("{% for a, b in [('x', 'y')] %}select {{ a }} as {{ b }}{% endfor %}", "select x as y"),
        ("{% for c in cols %}a{% else %}b{% endfor %}", "a"),
    ],
)
def test_a_loop_is_one_round(text: str, expected: str | None) -> None:
    found = views(text)
    if expected is None:
        parse(mask(region(text))[0].text)
    else:
        assert found == [expected]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{% set x = 'a, b' %}select {{ x }} from t", "select a, b from t"),
        ("{% set x = 3 %}select {{ x }} from t", "select 3 from t"),
        ("{% set x = 3 %}{% set x = f() %}select {{ x }} from t", "select x from t"),
        ("{% set n = 'a_name_that_is_long' %}select {{ n }} from t", "select n from t"),
        ("{% set q %}select 1{% endset %}select 2", "; select 1; select 2"),
        ("select a, {% set q %}select 1{% endset %} b from t", "select a, b from t"),
        ("{% do log('x') %}select 1{{ log('y') }}", "select 1"),
        ("{% raw %}select '{{ x }}'{% endraw %}", "select 'x______'"),
        ("{% raw %}{% if a %}{% endraw %}select 1{% raw %}{% endif %}{% endraw %}", "select 1"),
        ("{% docs x %} It's {{ prose }} {% enddocs %}select 1", "; ; select 1"),
        ("{% snapshot s %}{{ config(a=1) }} select * from {{ ref('t') }}{% endsnapshot %}", "; select * from t ;"),
        ("{% test t(model) %}select * from {{ model }}{% endtest %}", "; select * from model ;"),
        ("{% call statement('x') %}delete from t{% endcall %}select 1", "; delete from t; select 1"),
        ("{% macro m(a) %}select {{ a }} from t{% endmacro %}", "; select a from t;"),
        ("{% macro m(a) %}({{ a }} / 100)::int{% endmacro %}", "; select (a / 100)::int;"),
        ("{% macro m(a) %}where {{ a }} > 1{% endmacro %}", "; from x where a > 1;"),
        ("{% macro m(a) %}{{ return(a) }}{% endmacro %}", "; ;"),
        ("{% macro m() %}with a as (select 1){% endmacro %}", "; with a as (select 1)select 1;"),
        ("{% macro m() %}when matched then delete{% endmacro %}", "; ;"),
    ],
)
def test_statements_of_the_template(text: str, expected: str) -> None:
    assert views(text)[0] == expected
    parse(mask(region(text))[0].text)


@pytest.mark.parametrize(
    "text",
    [
        "select {{ a from t",
        "select {% if a from t",
        "select {% if a %}1 from t",
        "select 1 {% endif %}{% endfor %}{% else %}{% elif x %} from t",
        "{% for a in b %}{% if c %}{% endfor %}{% endif %}",
        "{% if a %}{% else %}{% else %}{% elif %}{% endif %}",
        "{{ }}{{}}{%%}{% %}{##}{#",
        '{{ "}}" }} {{ \'%}\' }} {% set x = "%}" %}',
        "{{ {'a': {'b': 1}} }}",
        "{{ it's }} and {{ that's }}",
        "{{ (((( }} {{ )))) }} {{ [ }}",
        "{% raw %}{{ x {% endraw %} }}",
        "{% raw %}",
        "{% set %}{% set x %}{% for %}{% for x %}{% macro %}{% call %}",
        "'{{ a }} \" {{ b }} ` {{ c }} -- {{ d }} /* {{ e }}",
        "\r\n{{ a\r\n}}\r{{\n\nb }}_x",
        "x\ue000{{ a }}\ue001",
        "{{ a }}" * 50,
        "$${{ a }}$$ $tag$ {{ b }} $tag$",
        "{{ 'a' 'b' ~ c ~ 'd' }}{{ -1 }}{{ 1e999 }}{{ 1_000 }}",
        "{{ config(" + "[" * 300 + "]" * 300 + ") }}",
    ],
)
def test_odd_templates_keep_their_length(text: str) -> None:
    views(text)
    config_of(text)
    references(text)


def test_a_string_may_hold_what_ends_a_tag() -> None:
    assert views('select {{ "}}" }} from t')[0].startswith("select }} from")
    assert views("{% set x = '%}' %}select 1") == ["select 1"]
    assert views("select {{ {'a': {'b': 1}} }} from t") == ["select x from t"]


def test_hostile_templates_end_soon() -> None:
    started = time.perf_counter()
    for text in (
        "{{ a " * 20_000,
        "{% if a %}" * 5_000,
        "{% if a %}" * 2_000 + "{% endif %}" * 2_000,
        "{% if a %}x{% endif %}" * 1_500,
        "{{ '" * 10_000,
        "{# a\n" * 100_000,
        "{% a '\n" * 100_000,
        "{{ (" * 10_000 + "}}",
        "{% set x %}" * 3_000 + "{% endset %}" * 3_000,
        "{{ " + "a and " * 5_000 + "b }}",
        "{% if " + "not " * 5_000 + "b %}{% endif %}",
        "{% if " + "(" * 5_000 + "b" + ")" * 5_000 + " %}{% endif %}",
        "select {{ a }}, " * 3_000,
        "{{ a if b else " * 500,
    ):
        views(text)
    assert time.perf_counter() - started < 60


def test_random_pieces_keep_length_and_newlines() -> None:
    pieces = (
        "select ", "from ", "t", " where ", ",", "(", ")", "'", '"', "`", "--", "/*", "*/", "\n", "\r\n", ";", " as ", ".",
        "{{ a }}", "{{ ref('m') }}", "{{\nx\n}}", "{% if a %}", "{% elif b %}", "{% else %}", "{% endif %}", "{#", "#}",
        "{% for i in [1, 2] %}", "{% endfor %}", "{% set x = 'y' %}", "{% set q %}", "{% endset %}", "{% macro m() %}",
        "{% endmacro %}", "{% raw %}", "{% endraw %}", "{{", "}}", "{%", "%}", "{{ x }}", "_", "1", "union all ", "$$",
    )  # fmt: skip
    source = random.Random(11)
    for _ in range(1_500):
        views("".join(source.choice(pieces) for _ in range(source.randint(1, 25))))


def test_a_region_over_a_file_keeps_its_places() -> None:
    inner = "select * from {{ ref('t') }}"
    offset = 100
    base = region(inner)
    segment = base.map.segments[0]
    from dataclasses import replace

    from leaktight.source import SourceMap

    moved = replace(base, map=SourceMap([replace(segment, file=segment.file.shift(offset))]))
    masked = mask(moved)[0]
    at = masked.text.index(" t ") + 1
    assert masked.map.to_file(Span(at, at + 1)) == Span(offset + inner.index("{{"), offset + len(inner))
    assert masked.map.to_file(Span(0, 6)) == Span(offset, offset + 6)


def test_configuration_is_read_where_it_is_literal() -> None:
    text = """
    {{ config(
        materialized='incremental',
        unique_key=['a', "b"],
        partition_by={'field': 'day', 'data_type': 'date', 'granularity': 'day', 'range': {'start': 0, 'end': -1}},
        cluster_by=('x', 'y'),
        enabled=true, full_refresh = False, tags=none,
        computed=var('x'), also=target.name ~ '_x', joined='a' ~ 'b', hours = 1.5
    ) }}
    {# {{ config(materialized='view') }} #}
    select 1 -- {{ config.get('x') }}
    """
    assert config_of(text) == {
        "materialized": "incremental",
        "unique_key": ["a", "b"],
        "partition_by": {
            "field": "day",
            "data_type": "date",
            "granularity": "day",
            "range": {"start": 0, "end": -1},
        },
        "cluster_by": ("x", "y"),
        "enabled": True,
        "full_refresh": False,
        "tags": None,
        "joined": "ab",
        "hours": 1.5,
    }
    assert config_of("{{ config({'materialized': 'view'}) }}") == {"materialized": "view"}
    assert config_of("{% do config(a=1) %}{{ config(a=2) }}") == {"a": 2}
    assert config_of("select config from t") == {}


def test_references_have_their_names_and_places() -> None:
    text = (
        "{{ ref('a') }} {{ ref('p', \"b\") }} {{ source('s', 't') }} {% set x = ref('c') %} {{ star(from=ref('d', v=1)) }}"
        " {# {{ ref('no') }} #} {{ ref(name) }} {{ x.ref('no') }} ref('no') -- {{ ref('e') }}"
    )
    found = references(text)
    assert [(reference.kind, reference.names) for reference in found] == [
        ("ref", ("a",)),
        ("ref", ("p", "b")),
        ("source", ("s", "t")),
        ("ref", ("c",)),
        ("ref", ("d_v1",)),
        ("ref", ("e",)),
    ]
    assert text[slice(*found[0].span)] == "ref('a')"
    assert text[slice(*found[4].span)] == "ref('d', v=1)"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "with a as (select 1 from t {{ except() }} select 2) select 3",
            "with a as (select 1 from t union all select 2) select 3",
        ),
        ("with a as (select 1) {{ more }} select 3", "with a as (select 1) select 3"),
        ("select a > {{- '=' if x }} b", "select a > b"),
        ("select a >{{ '=' if x }} b", "select a >= b"),
        ("{% macro m() %}*{% endmacro %}", "; select *;"),
        ("{% set e %}There were no columns in {{ x }}{% endset %}", "; ;"),
        ("{% set e %}a b, c{% endset %}", "; select a b, c;"),
    ],
)
def test_pieces_of_queries(text: str, expected: str) -> None:
    assert views(text) == [expected]
    parse(mask(region(text))[0].text)


@pytest.mark.parametrize(
    ("sql", "expected", "kinds"),
    [
        ("select a from ${db}.${table_name} where b", "select a from db .table_name where b", ["identifier"] * 2),
        (
            "select a from ${source} where y = ${hiveconf:year}",
            "select a from source where y = year",
            ["identifier", "value"],
        ),
        ("select a from t where y = '${year}-01'", "select a from t where y = 'year___-01'", ["value"]),
        ("select a from ${prefix}_orders", "select a from prefix_orders", ["identifier"]),
    ],
)
def test_variables_of_hive(sql: str, expected: str, kinds: list[str]) -> None:
    assert views(sql, "hive") == [expected]
    assert [kind.value for _, kind in holes(sql)] == kinds
    parse(views(sql, "hive")[0], "hive")


@pytest.mark.parametrize(
    ("sql", "expected", "kinds"),
    [
        (
            "select a from {schema}.orders where b = {day}",
            "select a from schema_ .orders where b = day",
            ["identifier", "value"],
        ),
        (
            "select a from raw_{env}.t where b = 'x {c} y'",
            "select a from raw_env .t where b = 'x c__ y'",
            ["identifier", "value"],
        ),
        ("select a from t where b = 1 {more}", "select a from t where b = 1", ["value"]),
    ],
)
def test_what_a_program_fills_in(sql: str, expected: str, kinds: list[str]) -> None:
    assert views(sql, "postgres") == [expected]
    assert [kind.value for _, kind in holes(sql)] == kinds
    parse(views(sql, "postgres")[0], "postgres")


@pytest.mark.parametrize(
    "sql", ["select '$${a}'", "select $1, ${", "select '${1}'", "select a from t where b = '#{c}'",
            "select '{a}'::text[]", "select {'a': b}", "select {id:UInt32}", "select {fn now()}", "select %{a}"]
)  # fmt: skip
def test_no_variables(sql: str) -> None:
    assert views(sql) == [" ".join(sql.split())]
