"""Which families of calls a file may hold, read from its bytes before any parser."""

from __future__ import annotations

import re

from leaktight.lazy import regex

# A literal search runs at the speed of memory; a pattern that starts with a class of characters does not. So each verb
# is looked for as it stands, what follows is matched only there, and a family's names only where its platform is named.
_TABLE = rb"(?:\$\{(?:[^{}]|\{[^{}]{0,80}\}){0,200}+\}|\S)++"
"""A name, or what a template puts in its place: ``${"t_" + name}``."""
_STATEMENTS = {
    b"select": regex(rb"select\s"),
    b"insert": regex(rb"insert\s+(?:into|ignore|overwrite|or|all)\b"),
    b"delete": regex(rb"delete\s+(?:\S+\s+)?from\b"),
    b"update": regex(rb"update\s+" + _TABLE + rb"\s+(?:(?:as\s+)?\w+\s+)?(?:set|join|inner|left)\b|update\s+only\b"),
    b"merge": regex(rb"merge\s+into\b"),
    b"replace": regex(rb"replace\s+into\b"),
    b"truncate": regex(rb"truncate\s+[\w$`\"]"),
    b"create": regex(rb"create\s+(?:\w+\s+){0,3}(?:table|view|index|schema|function|trigger|database)\b"),
    b"alter": regex(rb"alter\s+(?:table|view|schema|session)\b"),
    b"drop": regex(rb"drop\s+(?:\w+\s+)?(?:table|view|index|schema|function|database)\b"),
    b"copy": regex(rb"copy\s+(?:into\b|" + _TABLE + rb"\s+(?:from|to)\b|\S+\s*\()"),
}
_FOLLOWS = {b"select": (b"from", b"into")}
_REACH = 6_000
_NOT_BEFORE = frozenset(b"abcdefghijklmnopqrstuvwxyz0123456789_.<-$")
_SINKS = {
    b"raw": (b"raw(", b"raw`", b"rawunsafe"),
    b"sql": (b"sqltext", b"sql`", b"* sql */", b"sql.fragment", b"sql.unsafe", b"sql.type", b"sqls:", b"sql:"),
}
_AWS = (b"aws", b"dynam", b".records", b"electrodb", b"onetable")
_FAMILIES: dict[str, tuple[bytes, ...]] = {
    "dynamodb": (b"dynam", b"electrodb", b"onetable"),
    "sqs": (b"sqs",),
    "sns": (b"client-sns", b"snsclient", b".sns(", b"snsevent", b"clients/sns"),
    "s3": (b"client-s3", b"s3client", b".s3", b"s3event", b"clients/s3", b"s3."),
    "kinesis": (b"kinesis", b"firehose"),
    "eventbridge": (b"eventbridge", b"putevents"),
    "lambda": (b"batchitemfailures", b".records", b"aws-lambda", b"handler"),
    "sql": (b"querystring",),
}


def gate(data: bytes) -> frozenset[str]:
    """Give the families whose calls may stand in a file: `sql`, `dynamodb`, `sqs`, `s3`, …; empty: do not parse."""
    folded = data.lower()
    found: set[str] = set()
    if any(needle in folded for needle in _AWS):
        found.update(family for family, needles in _FAMILIES.items() if any(needle in folded for needle in needles))
    if "sql" not in found and _holds_sql(folded):
        found.add("sql")
    return frozenset(found)


def _holds_sql(folded: bytes) -> bool:
    for word, sinks in _SINKS.items():
        if word in folded and any(sink in folded for sink in sinks):
            return True
    return any(verb in folded and _states(folded, verb, pattern) for verb, pattern in _STATEMENTS.items())


def _states(folded: bytes, verb: bytes, pattern: re.Pattern[bytes]) -> bool:
    follows = _FOLLOWS.get(verb, ())
    at = folded.find(verb)
    while at >= 0:
        if (
            (at == 0 or folded[at - 1] not in _NOT_BEFORE)
            and pattern.match(folded, at) is not None
            and (not follows or any(folded.find(word, at, at + _REACH) >= 0 for word in follows))
        ):
            return True
        at = folded.find(verb, at + len(verb))
    return False
