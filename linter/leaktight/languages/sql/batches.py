"""Takes a batch of SQL Server apart, where no semicolon has to stand between statements: `IF … SELECT … SELECT …`.

A statement begins with a reserved word (https://learn.microsoft.com/sql/t-sql/language-elements/reserved-keywords-transact-sql),
unless the one before it goes on with that word: `INSERT … SELECT`, `UPDATE … SET`, `ON DELETE CASCADE`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlglot.tokenizer_core import Token, TokenType

from leaktight.languages.sql.routines import routine_kind
from leaktight.languages.sql.tokens import CLOSING, OPENING, closing, separates

_STARTS = frozenset(
    """SELECT INSERT UPDATE DELETE MERGE WITH CREATE ALTER DROP TRUNCATE EXEC EXECUTE DECLARE SET IF ELSE WHILE BEGIN END
    RETURN PRINT RAISERROR COMMIT ROLLBACK SAVE GRANT REVOKE DENY USE OPEN CLOSE DEALLOCATE FETCH WAITFOR GOTO BREAK
    CONTINUE BULK BACKUP RESTORE DBCC KILL CHECKPOINT THROW""".split()
)
_QUERIES = frozenset({"SELECT", "INSERT", "UPDATE", "DELETE", "MERGE"})
_RIGHTS = frozenset({"GRANT", "REVOKE", "DENY"})
_OBJECTS = frozenset(
    """TABLE VIEW PROCEDURE PROC FUNCTION TRIGGER INDEX SCHEMA DATABASE TYPE USER ROLE LOGIN SEQUENCE SYNONYM STATISTICS
    PARTITION UNIQUE CLUSTERED NONCLUSTERED OR EXTERNAL""".split()
)
_NOT_WORDS = frozenset({TokenType.IDENTIFIER, TokenType.STRING, TokenType.NATIONAL_STRING})
_GOES_ON_AFTER = frozenset({"UNION", "ALL", "EXCEPT", "INTERSECT", "FOR", "AFTER", "OF", "THEN", "WITH", ","})


def batches(text: str, tokens: Sequence[Token], dialect_name: str) -> Iterator[tuple[int, int]]:
    """Yield the token ranges of the statements in a text, batch by batch."""
    start = 0
    for index, token in enumerate(tokens):
        if separates(text, token, dialect_name):
            yield from apart(tokens, start, index)
            start = index + 1
    yield from apart(tokens, start, len(tokens))


def apart(tokens: Sequence[Token], start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the token ranges of the statements in a stretch of a batch, and of the queries in the conditions of IF and WHILE."""
    at = start
    while at < end:
        word, after = _word(tokens, at), _word(tokens, at + 1) if at + 1 < end else ""
        if tokens[at].token_type is TokenType.SEMICOLON or word == "ELSE":
            at += 1
        elif word in {"BEGIN", "END"} and after in {"TRY", "CATCH"}:
            at += 2
        elif (word == "BEGIN" and after not in _BEGUN) or (word == "END" and after != "CONVERSATION"):
            at += 1
        elif word == "ATOMIC":
            options = closing(tokens, at + 2, end)
            at = options + 1 if options is not None else end
        elif _is_label(tokens, at, end):
            at += 2
        elif word in {"IF", "WHILE"}:
            stop = _end(tokens, at, end)
            yield from _queries_in(tokens, at, stop)
            at = stop
        elif word == "RETURN":
            stop = _end(tokens, at + 1 if after in {"SELECT", "WITH"} else at, end)
            yield from _returned(tokens, at, stop)
            at = stop
        else:
            stop = _end(tokens, at, end)
            yield at, stop
            at = stop


_BEGUN = frozenset({"TRAN", "TRANSACTION", "DISTRIBUTED", "DIALOG", "CONVERSATION"})


def _word(tokens: Sequence[Token], at: int) -> str:
    """Give a token's word in upper case; empty for a name in quotes, a string, a variable and what stands behind a dot."""
    token = tokens[at]
    if token.token_type in _NOT_WORDS:
        return ""
    before = tokens[at - 1].token_type if at else None
    return "" if before in {TokenType.DOT, TokenType.PARAMETER} else token.text.upper()


def _is_label(tokens: Sequence[Token], at: int, end: int) -> bool:
    return at + 1 < end and tokens[at].token_type is TokenType.VAR and tokens[at + 1].token_type is TokenType.COLON


def _end(tokens: Sequence[Token], start: int, end: int) -> int:
    """Give the index behind the statement, or the condition, that begins at `start`."""
    state = _State(tokens, start, end)
    depth = cases = 0
    for index in range(start + 1, end):
        kind = tokens[index].token_type
        if kind in OPENING:
            depth += 1
        elif kind in CLOSING:
            depth -= 1
        elif depth > 0:
            continue
        elif kind is TokenType.SEMICOLON:
            return index
        elif kind is TokenType.CASE:
            cases += 1
        elif cases:
            cases -= kind is TokenType.END
        elif _is_label(tokens, index, end) and tokens[index - 1].line < tokens[index].line:
            return index
        else:
            word = _word(tokens, index)
            after = tokens[index + 1].text.upper() if index + 1 < end else ""
            if word in {"TO", "FROM"}:
                state.granted = True
            elif word in _STARTS and not state.goes_on(word, tokens[index - 1].text.upper(), after):
                return index
    return end


class _State:
    """How far a statement is read: `verb` is what it does now, empty for a WITH whose statement has not come."""

    def __init__(self, tokens: Sequence[Token], start: int, end: int) -> None:
        self.head = _word(tokens, start)
        self.makes = self.head in {"CREATE", "ALTER"} and not routine_kind(tokens, start, end)
        self.table = start + 1 < end and tokens[start + 1].text.upper() == "TABLE"
        self.verb = "" if self.head == "WITH" else self.head
        self.granted = False

    def goes_on(self, word: str, before: str, after: str) -> bool:
        """Say whether a word that may begin a statement belongs to this one."""
        # Its end must be a semicolon, and only behind one may a WITH begin anything.
        if self.verb == "MERGE" or word == "WITH" or (self.head in _RIGHTS and not self.granted):
            if word == "WITH" and after != "(" and (before == "AS" or self.verb == "INSERT"):
                self.verb = ""
            return True
        if self.verb == "" and word in _QUERIES:
            self.verb = word
            return True
        if before in _GOES_ON_AFTER and not (before == "ALL" and word not in {"SELECT", "WITH"}):
            return True
        match word:
            case "SELECT":
                joined = self.verb == "INSERT" or (before == "AS" and self.makes)
                self.verb = "SELECT" if joined else self.verb
                return joined
            case "SET":
                if self.verb == "UPDATE":
                    self.verb = "SET"
                    return True
                return self.makes and (before in {"DELETE", "UPDATE"} or after == "(" or not self.table)
            case "UPDATE" | "DELETE":
                return (before == "ON" and self.makes) or (word == "UPDATE" and after == "(")
            case "EXEC" | "EXECUTE":
                joined = self.verb == "INSERT" and after != "AS"
                self.verb = "EXEC" if joined else self.verb
                return joined
            case "INSERT":
                return before == "BULK"
            case "DROP" | "ALTER" | "CREATE":
                return self.head == "ALTER" and after not in _OBJECTS
            case "IF":
                return self.head in {"DROP", "ALTER", "CREATE"} and after in {"EXISTS", "NOT"} and before in _DROPPED
            case "FETCH":
                return before in {"ROW", "ROWS"}
            case "THROW":
                return not (after in {"", ";", "@"} or after.isdecimal())
            case _:
                return False


_DROPPED = _OBJECTS | {"COLUMN", "CONSTRAINT"}


def _queries_in(tokens: Sequence[Token], start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the queries in a condition: `EXISTS (SELECT …)` with its word, for that asks for no column."""
    index = start
    while index + 1 < end:
        if tokens[index].token_type is TokenType.L_PAREN and _word(tokens, index + 1) in {"SELECT", "WITH"}:
            closed = closing(tokens, index, end)
            stop = end if closed is None else closed
            exists = _word(tokens, index - 1) == "EXISTS"
            yield (index - 1, min(stop + 1, end)) if exists else (index + 1, stop)
            index = stop + 1
        else:
            index += 1


def _returned(tokens: Sequence[Token], start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield what a RETURN gives back, where that is a query, or else the RETURN."""
    if start + 1 < end and _word(tokens, start + 1) in {"SELECT", "WITH"}:
        yield start + 1, end
        return
    inner = list(_queries_in(tokens, start, end))
    yield from inner or [(start, end)]
