"""Which statements of a script stand under an `IF`, by its blocks: `IF … THEN … END IF`, T-SQL's `IF … BEGIN … END`."""

from __future__ import annotations

from leaktight.languages.sql.document import SqlDocument
from leaktight.languages.sql.places import word
from leaktight.languages.sql.tokens import CLOSING, OPENING
from leaktight.lazy import record

_WITHOUT_THEN = frozenset({"tsql", "fabric"})
"""Dialects in which an `IF` governs the one statement or block behind it, without `THEN` and `END IF`."""
_OBJECTS = frozenset(
    "TABLE VIEW INDEX SCHEMA DATABASE PROCEDURE FUNCTION TRIGGER SEQUENCE COLUMN CONSTRAINT TYPE PROC USER ROLE".split()
)
"""What stands before the `IF` of `DROP TABLE IF EXISTS`."""
_TRANSACTION = frozenset({"TRAN", "TRANSACTION", "WORK", "DISTRIBUTED", ";", ""})
_UNOPENED = frozenset({"LOOP", "WHILE", "FOR", "REPEAT"})
"""What `END` closes though no block was opened for it: loops guard nothing."""
_CLOSED = frozenset({"IF", "CASE"})
_TRIES = frozenset({"TRY", "CATCH"})
_BODIES = frozenset(
    "INSERT UPDATE DELETE SELECT MERGE TRUNCATE DROP CREATE ALTER EXEC EXECUTE SET PRINT RETURN RAISERROR THROW DECLARE WITH "
    "GOTO WHILE BREAK CONTINUE COMMIT ROLLBACK SAVE GRANT REVOKE DENY BULK OPEN CLOSE FETCH WAITFOR USE".split()
)
"""The words that begin the statement behind the condition of T-SQL's `IF`."""
_LEAVES = frozenset({"RETURN", "LEAVE", "GOTO", "THROW", "RAISE", "RAISERROR", "SIGNAL"})


@record(slots=True, eq=False)
class _Block:
    """An open block. `conditional` says that an IF opened it, `looks` that the IF asks a table, `case` that it is a CASE.

    `guarded` marks what is left of a block behind an IF that asks a table and leaves.
    """

    conditional: bool = False
    looks: bool = False
    case: bool = False
    guarded: bool = False


class _Script:
    """The walk over the tokens of one document, once from first to last."""

    def __init__(self, document: SqlDocument) -> None:
        self._tokens = document.tokens
        self._whole = document.dialect in _WITHOUT_THEN
        self._ends = {
            statement.first: statement.last for statement in document.statements if not self._is_asked(statement.first)
        }
        self._blocks = [_Block()]
        self._waits = False
        self._again = False
        self._looks = False
        self.guarded: set[int] = set()

    def _is_asked(self, first: int) -> bool:
        """Say whether a query is part of the condition of T-SQL's `IF` or `WHILE`, and no statement by itself."""
        if not self._whole:
            return False
        return word(self._tokens[first]) == "EXISTS" or (first > 0 and self._tokens[first - 1].token_type in OPENING)

    def read(self) -> None:
        """Find the statements, by the places of their first tokens, that are under an IF."""
        at = depth = end = 0
        while at < len(self._tokens):
            begins = at in self._ends
            if begins:
                depth, end = 0, self._ends[at]
            kind, text = self._tokens[at].token_type, word(self._tokens[at])
            if kind in OPENING:
                depth += 1
            elif kind in CLOSING:
                depth = max(depth - 1, 0)
            elif depth == 0:
                at += self._step(at, text, begins=begins, inside=at < end)
            elif text == "SELECT":
                self._looks = True
            at += 1
            if begins and not self._whole:
                at = max(at, end)

    def _step(self, at: int, text: str, *, begins: bool, inside: bool) -> int:
        """Take in a word outside of brackets; give how many words behind it belong to it."""
        before = word(self._tokens[at - 1]) if at else ""
        after = word(self._tokens[at + 1]) if at + 1 < len(self._tokens) else ""
        if text == "IF" and before not in _OBJECTS and (begins or not inside or self._whole):
            self._waits, self._again, self._looks = True, False, False
        elif text in ("ELSIF", "ELSEIF") and not inside:
            self._waits = self._again = True
        elif text == "ELSE" and not self._blocks[-1].case and self._whole:
            self._waits, self._looks = True, False
        elif text == "THEN" and self._waits and not self._blocks[-1].case:
            if not self._again:
                self._blocks.append(_Block(conditional=True, looks=self._looks))
            self._waits = self._again = False
        elif text == "CASE":
            self._blocks.append(_Block(case=True))
        elif text == "BEGIN":
            if after not in _TRANSACTION:
                self._blocks.append(_Block(conditional=self._waits, looks=self._looks))
            self._waits = False
        elif text == "END":
            return self._close(after)
        elif text in ("GO", "/") and not inside:
            self._blocks, self._waits = [_Block()], False
        elif begins or (self._waits and inside and text in _BODIES and not (text == "UPDATE" and after == "(")):
            self._statement(at, text, begins=begins)
        elif text == ";":
            self._waits = self._waits and not self._whole
        return 0

    def _close(self, after: str) -> int:
        if after in _UNOPENED and not self._whole:
            return 1
        if len(self._blocks) > 1:
            self._blocks.pop()
        # T-SQL's END says of no more than TRY and CATCH what it closes: the next statement may begin behind it.
        return int(after in (_TRIES if self._whole else _CLOSED))

    def _statement(self, at: int, text: str, *, begins: bool) -> None:
        waited, self._waits = self._waits, False
        if begins and (waited or any(block.conditional or block.guarded for block in self._blocks)):
            self.guarded.add(at)
        if text not in _LEAVES:
            return
        if waited:
            self._blocks[-1].guarded |= self._looks
            return
        for number in range(len(self._blocks) - 1, 0, -1):
            if self._blocks[number].conditional:
                self._blocks[number - 1].guarded |= self._blocks[number].looks
                return


def stands_under_if(document: SqlDocument, first: int) -> bool:
    """Say whether the statement whose first token is `first` runs only under a condition.

    That is in a block that an IF opens, right behind an IF's condition, or behind an IF that asks a table and leaves
    the block: `IF EXISTS (SELECT …) RETURN`.
    """
    return first in document.remembered(_guarded)


def _guarded(document: SqlDocument) -> frozenset[int]:
    script = _Script(document)
    if any(word(token) == "IF" for token in document.tokens):
        script.read()
    return frozenset(script.guarded)
