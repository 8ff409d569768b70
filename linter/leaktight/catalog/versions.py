"""Which columns tell the versions of a row apart (SCD2), by the names that they usually have and those that are configured."""

from __future__ import annotations

from functools import lru_cache

from leaktight.catalog.table import Table
from leaktight.lazy import record, regex
from leaktight.text import words_of

_TYPE_WORDS = frozenset(
    {"date", "dt", "ts", "at", "on", "time", "timestamp", "datetime", "dttm", "utc", "key", "sk", "day"}
)
_OF_ROWS = frozenset({"row", "record", "rec", "scd", "scd2", "dbt", "version", "dw", "dwh", "etl"})
_STARTS = frozenset(
    {"valid from", "valid start", "valid begin", "valid since", "effective from", "effective start", "effective begin"}
    | {"eff from", "eff start", "eff begin", "start effective", "start valid", "validfrom", "valid starting"}
)
_ENDS = frozenset(
    {"valid to", "valid until", "valid end", "valid thru", "valid through", "effective to", "effective end"}
    | {"effective until", "effective thru", "effective through", "eff to", "eff end", "end effective", "end valid"}
    | {"validto", "valid till"}
)
_WEAK_STARTS = frozenset({"start", "from", "begin", "effective", "eff", "starting", "beginning", "started"})
_WEAK_ENDS = frozenset(
    """end to thru expiration expiry exp expire expires expired ending ended until termination""".split()
)
_CURRENT = frozenset(
    {"is current", "current flag", "current ind", "current indicator", "is current row", "is current record"}
    | {"current row", "current record", "is latest", "latest flag", "iscurrent", "curr flag", "curr ind", "is curr"}
    | {"current row indicator", "current row flag", "current record flag", "is current version", "is current flag"}
    | {
        "current version",
        "is current flg",
        "current flg",
        "curr flg",
        "most recent",
        "is most recent",
        "current yn",
        "active current",
    }
)
_WEAK_CURRENT = frozenset({"current", "is active", "active flag", "active", "latest", "active ind", "active indicator"})

_JOINED = {
    role: frozenset(
        [f"{before}{name.replace(' ', '')}" for name in words for before in ("", "row", "dbt")]
        + [f"row{name}" for name in weak]
    )
    for role, words, weak in (
        ("start", _STARTS, _WEAK_STARTS),
        ("end", _ENDS, _WEAK_ENDS),
        ("current", _CURRENT, frozenset[str]()),
    )
}
"""The words of each kind of column written as one: names as an engine that folds them prints them."""
_MARKS = frozenset({"is", "row", "record", "scd"})
"""Words that say of a flag that it is the row's own."""
_JOINED_ENDINGS = ("", "date", "datetime", "timestamp", "utc")


@record(frozen=True, slots=True)
class StarNames:
    """How a project calls what makes up its stars, besides what is known of itself.

    `facts` and `dimensions` are globs of tables' names; the rest are names of the columns that tell the versions of a row.
    """

    facts: tuple[str, ...] = ()
    dimensions: tuple[str, ...] = ()
    valid_from: tuple[str, ...] = ()
    valid_to: tuple[str, ...] = ()
    current: tuple[str, ...] = ()


_WRITES = (  # one pattern each, with plain letters in front: a choice of them takes a search several times as long
    regex(rb"insert\s+(?:into|overwrite|ignore|or|all)\b"),
    regex(rb"merge\s(?:\s*into\b|[^;]{1,120}?\busing\b)"),
    regex(rb"update\s[^;]{1,160}?\bset\b"),
)
PLAIN = StarNames()
"""What a project says that configures nothing."""


@record(frozen=True, slots=True)
class Versions:
    """The columns, in lower case, that tell the versions of a row apart; None for one that is not there."""

    start: str | None
    end: str | None
    current: str | None

    @property
    def columns(self) -> frozenset[str]:
        """All of them."""
        return frozenset(name for name in (self.start, self.end, self.current) if name)

    @property
    def closing(self) -> frozenset[str]:
        """Those that are written when a version is closed."""
        return frozenset(name for name in (self.end, self.current) if name)


def versions(table: Table, names: StarNames = PLAIN) -> Versions | None:
    """Give the columns that tell the versions of a row; None where the names do not say plainly that there are any."""
    start, end, current = _candidates(table, names)
    strong = [one is not None and one.strong for one in (start, end, current)]
    kept = (
        (strong[0] and strong[1])
        or (strong[2] and (start is not None or end is not None))
        or (current is not None and (strong[0] or strong[1]))
    )
    return Versions(*(one.key if one is not None else None for one in (start, end, current))) if kept else None


def in_effect(table: Table, names: StarNames = PLAIN) -> Versions | None:
    """Give the columns between which something is in effect (`effective_date`, `expiry_date`), which may be a version.

    It may as well be the thing itself, a contract or a coupon: who asks must know more of the table.
    """
    start, end, current = _candidates(table, names)
    if start is None or end is None or start.first not in {"effective", "eff"} or not end.first.startswith("exp"):
        return None
    return Versions(start.key, end.key, current.key if current is not None else None)


@record(frozen=True, slots=True)
class _Candidate:
    """A column that may tell versions apart, its words as its spelling parts them."""

    key: str
    words: tuple[str, ...]
    strong: bool

    @property
    def first(self) -> str:
        """The first word; empty where a configured name has none, `__`."""
        return self.words[0] if self.words else ""


def _candidates(table: Table, names: StarNames) -> tuple[_Candidate | None, _Candidate | None, _Candidate | None]:
    """Give the likeliest column for the start of a version, for its end, and for whether it holds."""
    found: dict[str, list[_Candidate]] = {"start": [], "end": [], "current": []}
    for key, column in table.columns.items():
        role = _role(column.name, names)
        if role is not None:
            found[role[0]].append(_Candidate(key, tuple(words_of(column.name)), role[1]))
    start = max(found["start"], key=lambda one: one.strong, default=None)
    # Of `valid_to` and `effective_to`, the end of `effective_from` is the one that begins alike.
    begun = start.first if start is not None else ""
    end = max(found["end"], key=lambda one: (one.strong, one.first == begun), default=None)
    # What a person holds now may be called `CurrentFlag` by the source as well; `IsCurrent` is of the row.
    current = max(found["current"], key=lambda one: (one.strong, one.first in _MARKS), default=None)
    return start, end, current


def is_version_word(column: str, names: StarNames = PLAIN) -> bool:
    """Say whether a column's name, as it is spelt, says plainly that it tells versions apart."""
    role = _role(column, names)
    return role is not None and role[1]


_MAY_SPEAK = ("valid", "current", "effective", "expir", "eff_", "scd", "latest", "recent", "row_")
_SPEAKS = regex(
    r"valid_?(?:from|to|until|thru|through|start|end|begin|since|till)|effective_?(?:from|to|start|end|date|dt|ts|until|thru)|"
    r"eff_?(?:from|to|start|end|begin|dt|date)|is_?curr|curr(?:ent)?_?(?:flag|ind|row|record|yn)|row_(?:start|end|eff|exp|is)|"
    r"scd|most_recent|is_?latest|latest_flag|(?:start|end)_(?:effective|valid)|expir(?:y|ation)_?(?:date|dt|ts)"
)


def speaks_of_versions(folded: str, names: StarNames = PLAIN) -> bool:
    """Say whether a text in lower case may name a column that tells versions apart."""
    if any(word in folded for word in _MAY_SPEAK) and _SPEAKS.search(folded):
        return True
    return any(name.lower() in folded for name in (*names.valid_from, *names.valid_to, *names.current))


def may_write_versions(data: bytes, names: StarNames) -> bool:
    """Say of the bytes of a file whether they may write a column that tells versions apart."""
    folded = data.lower()
    if not any(pattern.search(folded) for pattern in _WRITES):
        return False
    return speaks_of_versions(folded.decode("utf-8", "replace"), names)


def _role(column: str, names: StarNames) -> tuple[str, bool] | None:
    """Say which version column a name means (`start`, `end`, `current`), and whether it does so plainly.

    The name is spelt as its table has it, for case parts the words of `EffectiveStartDate`.
    """
    for role, configured in (("start", names.valid_from), ("end", names.valid_to), ("current", names.current)):
        if column.lower() in (name.lower() for name in configured):
            return role, True
    return _role_of_name(column)


@lru_cache(maxsize=4096)
def _role_of_name(column: str) -> tuple[str, bool] | None:
    said = words_of(column)
    if len(said) == 1:
        return _role_of_one_word(said[0])
    of_row = any(word in _OF_ROWS for word in said[:1])
    core = said[1:] if of_row and len(said) > 1 else said
    whole = " ".join(core)
    if whole in _CURRENT:
        return "current", True
    if whole in _WEAK_CURRENT:
        return "current", of_row and whole == "current"
    while len(core) > 1 and core[-1] in _TYPE_WORDS:
        core = core[:-1]
    whole = " ".join(core)
    shortened = " ".join(word for word in core if word not in _TYPE_WORDS)
    for name in dict.fromkeys((whole, shortened)):
        if name in _STARTS or (of_row and name in _WEAK_STARTS):
            return "start", True
        if name in _ENDS or (of_row and name in _WEAK_ENDS):
            return "end", True
    if whole in _WEAK_STARTS:
        return "start", False
    if whole in _WEAK_ENDS:
        return "end", False
    return None


def _role_of_one_word(word: str) -> tuple[str, bool] | None:
    """Say what a name means whose words nothing parts, as an engine that folds names prints it: `effectivefrom`."""
    if word in _WEAK_CURRENT or word in _JOINED["current"]:
        return "current", word not in _WEAK_CURRENT
    bare = [word.removesuffix(ending) for ending in _JOINED_ENDINGS]
    for role, weak in (("start", _WEAK_STARTS), ("end", _WEAK_ENDS)):
        if not _JOINED[role].isdisjoint(bare):
            return role, True
        if not weak.isdisjoint(bare):
            return role, False
    return None
