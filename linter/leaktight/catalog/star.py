"""Which tables are facts and dimensions, and which columns of theirs are keys, versions and measures.

A name decides where it is plain (`fact_orders`, `dim_client`); where it may mean something else (`d_items`,
`product_dimensions`) the columns must say so too.
"""

from __future__ import annotations

from fnmatch import fnmatchcase
from itertools import pairwise

from leaktight.catalog import wording
from leaktight.catalog.column_types import TypeFamily, family
from leaktight.catalog.table import Column, KeyKind, Table
from leaktight.catalog.versions import PLAIN as PLAIN
from leaktight.catalog.versions import StarNames as StarNames
from leaktight.catalog.versions import Versions as Versions
from leaktight.catalog.versions import in_effect as in_effect
from leaktight.catalog.versions import is_version_word as is_version_word
from leaktight.catalog.versions import speaks_of_versions as speaks_of_versions
from leaktight.catalog.versions import versions as versions
from leaktight.text import words_of

_FACT = frozenset({"fact", "facts", "fct", "fcts"})
_DIMENSION = frozenset({"dim", "dims", "dimension", "dimensions"})
_LINKS = frozenset(
    {"relationship", "relationships", "relation", "relations", "link", "links", "bridge", "xref", "map", "mapping"}
)
"""Last words of tables that only say which rows belong together."""
_MARKED = frozenset({"fact", "fct", "dim"})
_WAREHOUSES = frozenset({"dw", "dwh", "edw", "dds"})
_HISTORY = frozenset({"scd", "scd2", "history", "hist"})
_SURROGATE = frozenset({"key", "sk", "skey", "pk", "wid", "surrogate", "sid"})
_NATURAL = frozenset({"nk", "bk", "nkey", "bkey", "natural", "business", "source", "src", "external", "original"})
_CODES = frozenset({"id", "code", "number", "no", "num", "nr", "sku", "uuid", "guid"})
_KEYS = frozenset({"id", "key", "sk", "fk", "skey", "fkey", "wid", "sid", "code", "uuid", "guid", "pk", "nk", "bk"})
_KEYS_BEFORE = frozenset({"id", "sk", "fk", "cod", "clave", "chave"})
"""What says key before the thing, as in `sk_client` and the Romance languages' `id_cliente`."""
_DATES = frozenset(
    """date day time month year week quarter period calendar timestamp datetime dt ts hour
    fecha fechas dia mes anio ano tiempo tempo calendario datum jahr monat zeit jour mois annee temps""".split()
)
_MEASURES = frozenset(
    """amount amt revenue turnover sales total sum quantity qty cost costs profit margin discount tax fee fees spend spent
    balance payment payments paid subtotal gmv ltv""".split()
)
_COUNTED = frozenset({"count", "cnt", "orders", "visits", "purchases", "sessions", "clicks", "views", "impressions"})
_JUDGED = frozenset(
    """confidence score probability likelihood weight importance similarity relevance trust quality rating reliability""".split()
)
"""What says of a fact in the other sense of the word how far it is believed."""
_NO_MEASURES = frozenset(
    """rate code id key type class group category unit currency tier limit band status flag default list standard exempt
    percent pct min max""".split()
)
_TIMED = frozenset(
    """policy contract coupon promotion promo campaign offer license licence card subscription membership agreement certificate
    discount price rate plan lease warranty insurance token drug medication document permit quote tariff""".split()
)
"""What is itself in effect from one day to another."""


def is_fact(table: Table, names: StarNames = PLAIN) -> bool:
    """Say whether a table is a fact: by its configured or plain name, or by a less plain one and its columns."""
    if _named(table, names.facts):
        return True
    if _named(table, names.dimensions) or _passes(table):
        return False
    said = words_of(table.name.name)
    if not said or _DIMENSION & {said[0], said[-1]} or said[-1] in _LINKS:
        return False
    if _marked(said) in {"fact", "fct"} or (len(said) > 1 and said[-1] in {"fact", "fct"}):
        return True
    hinted = said[0] in {"f", "facts"} or said[-1] == "facts" or not _FACT.isdisjoint(_schema(table))
    return hinted and (_looks_like_fact(table) or _is_put_among_facts(table, said))


def is_dimension(table: Table, names: StarNames = PLAIN) -> bool:
    """Say whether a table is a dimension: by its configured or plain name, or by a less plain one and its columns."""
    if _named(table, names.dimensions):
        return True
    if _named(table, names.facts) or _passes(table):
        return False
    said = words_of(table.name.name)
    if not said or _FACT & {said[0], said[-1]}:
        return False
    if len(said) > 1 and ("dim" in {_marked(said), said[-1]} or said[0] == "dimension"):
        return True
    hinted = said[0] in {"d", "dims"} or said[-1] == "dimension" or not _DIMENSION.isdisjoint(_schema(table))
    return hinted and (versions(table, names) is not None or _own_surrogate(table) is not None)


def _marked(said: list[str]) -> str:
    """Give the word that says what a table is: the first, or the one behind the name of the warehouse (`dwh_dim_client`)."""
    behind = [word for before, word in pairwise(said[:-1]) if before in _WAREHOUSES]
    return behind[0] if behind and behind[0] in _MARKED else said[0]


def is_date_dimension(table: Table) -> bool:
    """Say whether a dimension is the calendar or the clock: the one that every other may refer to."""
    return not _DATES.isdisjoint(words_of(table.name.name))


def keeps_history(table: Table, names: StarNames = PLAIN) -> Versions | None:
    """Give the version columns of a table that keeps the versions of its rows (SCD2): a dimension, or one that plainly does.

    The time for which a price or a coupon is valid is no version of anything.
    """
    if table.kind in {"view", "materialized", "snapshot"}:
        return None
    found = versions(table, names)
    if found is None:
        return in_effect(table, names) if _repeats_its_natural_key(table, names) else None
    said = words_of(table.name.name)
    current = table.columns[found.current].name if found.current is not None else ""
    whole = found.start is not None and found.end is not None and is_version_word(current, names)
    if whole or is_dimension(table, names) or _HISTORY & {*said[:1], *said[-1:]}:
        return found
    return None


def _repeats_its_natural_key(table: Table, names: StarNames) -> bool:
    """Say whether a dimension has a key of its own beside that of the source, and is of nothing that is itself in effect."""
    if not is_dimension(table, names) or not _TIMED.isdisjoint(stem_of(table)):
        return False
    return surrogate(table, names) is not None and bool(natural_keys(table))


def surrogate(table: Table, names: StarNames = PLAIN) -> str | None:
    """Give the column, in lower case, that is a dimension's key of its own making; None where none plainly is."""
    found = _own_surrogate(table)
    return None if found in {name.lower() for name in (*names.valid_from, *names.valid_to)} else found


def held_key(fact: Table, dimension: Table, names: StarNames = PLAIN) -> str | None:
    """Give the column, in lower case, in which a table holds a dimension's surrogate key: by a foreign key, or by its name."""
    key = surrogate(dimension, names)
    if key is None:
        return None
    for one in fact.keys:
        if one.references is not None and len(one.columns) == 1 and one.references.same(dimension.name):
            target = one.referenced_columns[0].lower() if one.referenced_columns else key
            if target == key and one.columns[0].lower() in fact.columns:
                return one.columns[0].lower()
    return key if key in fact.columns and key not in {"id", "key", "sk"} else None


def natural_keys(table: Table) -> tuple[str, ...]:
    """Give the columns, in lower case, that name the thing itself, as its source does; none where no name says so."""
    own = _own_surrogate(table)
    stem = stem_of(table)
    found = []
    for key, column in table.columns.items():
        said = words_of(column.name)
        if key == own or not said:
            continue
        plain = [word for word in said if word not in _NATURAL]
        marked = said[-1] in {"nk", "bk", "nkey", "bkey"} or said[-2:] in (["natural", "key"], ["business", "key"])
        if marked or (plain and plain[-1] in _CODES and _same_stem(plain[:-1], stem)):
            found.append(key)
    return tuple(found)


def stem_of(table: Table) -> tuple[str, ...]:
    """Give the words of a table's name without what says fact or dimension: `order`, `item` of `fact_order_item`."""
    marks = {*_FACT, *_DIMENSION, *_HISTORY, "d", "f"}
    return tuple(word for word in words_of(table.name.name) if word not in marks)


def is_key(column: Column) -> bool:
    """Say whether a column's name says that it names a row of something."""
    said = words_of(column.name)
    return bool(said) and (said[-1].rstrip("0123456789") in _KEYS or (len(said) > 1 and said[0] in _KEYS_BEFORE))


def has_keys(table: Table) -> bool:
    """Say whether a table refers to anything, and so is no fact in another sense of the word."""
    return any(key.kind is KeyKind.FOREIGN for key in table.keys) or bool(dimension_keys(table))


def dimension_keys(table: Table) -> tuple[str, ...]:
    """Give the columns, in lower case, that are called like keys of other tables: those of its own are left out."""
    own = table.primary_key
    single = own.columns[0].lower() if own is not None and len(own.columns) == 1 else None
    stem = stem_of(table)
    found = []
    for key, column in table.columns.items():
        said = words_of(column.name)
        rest = said[1:] if said[:1] and said[0] in _KEYS_BEFORE else said[:-1]
        if key != single and rest and is_key(column) and not _same_stem(rest, stem):
            found.append(key)
    # Whatever else there is: the first column of a table without a declared key may be its own.
    if own is None and len(found) == 1 and next(iter(table.columns)) == found[0] and "date" not in found[0]:
        return ()
    return tuple(found)


def is_surrogate_name(name: str) -> bool:
    """Say whether a column is called like a key of a table's own making, of whatever table."""
    said = words_of(name)
    return (bool(said) and said[-1] in {"sk", "skey", "surrogate", "wid"}) or said[-2:] == ["surrogate", "key"]


def is_time(column: Column) -> bool:
    """Say whether a column holds, or refers to, a point or a period of time."""
    return family(column.type) in {TypeFamily.DATE, TypeFamily.INSTANT} or is_time_name(column.name)


def is_time_name(name: str) -> bool:
    """Say whether a name speaks of a point or a period of time."""
    said = [word.rstrip("0123456789") for word in words_of(name)]
    return (
        not _DATES.isdisjoint(said)
        or any(word.endswith(("date", "datekey", "dateid", "datetime", "timekey")) for word in said)
        or said[-1:] == ["at"]
        or ("data" in said and not _KEYS_BEFORE.isdisjoint(said))
    )


def is_measure(column: Column) -> bool:
    """Say whether a column is a number of the kind that is added up."""
    if family(column.type) not in {TypeFamily.DECIMAL, TypeFamily.FLOAT, TypeFamily.INTEGER}:
        return False
    said = set(words_of(column.name))
    if said & _NO_MEASURES or is_key(column):
        return False
    return bool(
        said & _MEASURES or (said & _COUNTED and said & {"count", "cnt", "num", "number", "total", "lifetime", "nb"})
    )


def is_amount(column: Column) -> bool:
    """Say whether a column holds fractions of something: where a table is a fact anyway, few of its others do."""
    said = words_of(column.name)
    fractions = family(column.type) in {TypeFamily.DECIMAL, TypeFamily.FLOAT}
    return fractions and not is_key(column) and _JUDGED.isdisjoint(said)


def _own_surrogate(table: Table) -> str | None:
    key = table.primary_key
    stem = stem_of(table)
    if key is not None:
        if len(key.columns) != 1:
            return None
        column = table.column(key.columns[0])
        name = key.columns[0].lower()
        if (column is not None and _is_made(column)) or _is_surrogate_name(
            column.name if column is not None else key.columns[0], stem
        ):
            return name
        return None
    found = [name for name, column in table.columns.items() if _is_surrogate_name(column.name, stem)]
    return found[0] if len(found) == 1 else None


def _is_made(column: Column) -> bool:
    default = (column.default or "").lower()
    return column.generated or "nextval" in default or "uuid" in default or "newid" in default


def _is_surrogate_name(name: str, stem: tuple[str, ...]) -> bool:
    said = words_of(name)
    if not said or said[-1] not in _SURROGATE or _NATURAL & set(said) or said[-2:] == ["natural", "key"]:
        return bool(said[1:]) and said[0] == "dim" and said[-1] == "id"
    rest = [word for word in said[:-1] if word not in {"surrogate", "dim", "dimension"}]
    return not rest or _same_stem(rest, stem)


def _same_stem(one: list[str], other: tuple[str, ...]) -> bool:
    return bool(one) and [_singular(word) for word in one] == [_singular(word) for word in other]


def _singular(word: str) -> str:
    if word.endswith("ies"):
        return f"{word[:-3]}y"
    return word[:-1] if word.endswith("s") and not word.endswith("ss") else word


def _named(table: Table, globs: tuple[str, ...]) -> bool:
    name, whole = table.name.folded[-1], ".".join(table.name.folded)
    return any(fnmatchcase(name, glob.lower()) or fnmatchcase(whole, glob.lower()) for glob in globs)


def _passes(table: Table) -> bool:
    return (
        table.temporary
        or table.role == "staging"
        or wording.has_word(table.name.parts, (*wording.STAGING, *wording.PUT_ASIDE))
    )


def _schema(table: Table) -> frozenset[str]:
    return frozenset(word for part in table.name.folded[:-1] for word in words_of(part))


def _is_put_among_facts(table: Table, said: list[str]) -> bool:
    """Say whether a table stands in a schema of facts, or is one of the `facts_…`, and has what is added up."""
    measures = sum(is_measure(column) for column in table.columns.values())
    schema = table.name.folded[-2:-1]
    return measures > 0 and (schema in {("fact",), ("facts",)} or (said[0] == "facts" and measures > 1))


def _looks_like_fact(table: Table) -> bool:
    foreign = sum(key.kind is KeyKind.FOREIGN for key in table.keys)
    keys = max(foreign, sum(is_key(column) for column in table.columns.values()))
    return keys >= 2 and any(is_measure(column) for column in table.columns.values())
