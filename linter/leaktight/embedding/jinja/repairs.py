"""Mends what a view leaves dangling: a comma of a loop's other rounds, an `and` of an arm not taken."""

from __future__ import annotations

from leaktight.embedding.jinja.place import Context
from leaktight.embedding.jinja.words import CLAUSE_STARTS, COMMA_BEFORE_ENDS, SET_OPERATORS, STATEMENT_VERBS

_ENDS = frozenset(("", ")", ";", "]", "}"))
_OPERAND_TOO = frozenset("not with left right values in end case".split())
_AFTER_LIST = _ENDS | COMMA_BEFORE_ENDS | {","}
_AFTER_WITH = STATEMENT_VERBS - {"from", "values", "set", "comment", "lock", "use", "show", "copy", "load", "reset"}
_BEFORE_LIST = frozenset(("(", "[", "select", "distinct", "by", "with", "set", "values"))
_BEFORE_CONDITION = frozenset(("where", "on", "having", "when", "(", "qualify"))
_CONNECTS = frozenset(("and", "or"))
_NEEDS = frozenset(
    "select where and or on having by when then not between like set from join as in"
    " = < > <= >= <> != + / || ::".split()
)


def leaves_gap(context: Context, start: int, end: int) -> bool:
    """Say whether nothing between `start` and `end` makes the SQL around it incomplete."""
    prev, at = context.before(start)
    after, _ = context.after(end)
    ends = after in _ENDS or after == "," or (after in CLAUSE_STARTS and after not in _OPERAND_TOO)
    if not ends:
        return False
    if prev == "(":
        return after == ")" and context.before(at)[0] in ("as", "in", "from", "exists", "join", "on")
    return prev in _NEEDS


def dangling(context: Context, start: int, end: int) -> tuple[int, int] | None:
    """Give the stretch beside the gap from `start` to `end` that must be left out, if there is one."""
    prev, prev_start = context.before(start)
    after, after_end = context.after(end)
    if prev == ",":
        if after in _AFTER_LIST or after in _AFTER_WITH:
            return prev_start, prev_start + 1
        return None
    if after == "," and prev in _BEFORE_LIST:
        return after_end - 1, after_end
    ends = after in _ENDS or after in ("group", "order", "limit", "having", "qualify")
    if prev in _CONNECTS and ends:
        return prev_start, prev_start + len(prev)
    if after in _CONNECTS and prev in _BEFORE_CONDITION:
        return after_end - len(after), after_end
    if ends and (prev in SET_OPERATORS or prev in ("all", "distinct")):
        operator, at = context.before(prev_start) if prev in ("all", "distinct") else (prev, prev_start)
        if operator in SET_OPERATORS:
            return at, prev_start + len(prev)
    return None
