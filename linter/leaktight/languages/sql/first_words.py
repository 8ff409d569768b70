"""What the first words of a statement tell: that it carries no query, that no tree is needed to know it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot.tokenizer_core import Token, TokenType

CONTROL = frozenset(
    """BEGIN COMMIT ROLLBACK SAVEPOINT RELEASE START END GRANT REVOKE SET RESET SHOW USE ANALYZE VACUUM EXPLAIN
    DESCRIBE DESC CALL DECLARE RAISE RETURN LEAVE BREAK CONTINUE ITERATE PRAGMA LOCK UNLOCK LISTEN NOTIFY
    DEALLOCATE PREPARE CLOSE OPEN FETCH PRINT EXEC EXECUTE CHECKPOINT CLUSTER REINDEX DISCARD ASSERT DO SECURITY
    COMMENT REFRESH SIGNAL GO DELIMITER INSTALL LOAD ATTACH DETACH EXPORT IMPORT UNDROP LIST LS REMOVE RM PUT GET
    KILL FLUSH OPTIMIZE MSCK REPAIR CACHE UNCACHE CLEAR ADD UNLOAD PURGE AUDIT WHENEVER SPOOL PROMPT ACCEPT DEFINE
    UNDEFINE EXIT QUIT REM REMARK THROW GOTO WAITFOR RENAME EXCHANGE SYSTEM
    RAISERROR BULK DBCC SAVE BACKUP RESTORE DENY""".split()
)
"""First words of statements that carry no query of their own that a rule would read."""

OTHER_OBJECTS = frozenset(
    """SNAPSHOT POLICY ROLE USER EXTENSION SEQUENCE TYPE DOMAIN PUBLICATION SUBSCRIPTION MODEL SERVER OPERATOR CAST RULE
    COLLATION LANGUAGE SCHEMA DATABASE TABLESPACE STAGE FILE PIPE STREAM WAREHOUSE INTEGRATION RESERVATION CAPACITY
    ASSIGNMENT SYNONYM LOGIN CERTIFICATE AGGREGATE STATISTICS CONNECTION SHARE CATALOG VOLUME MASKING ROW SEARCH VECTOR
    DICTIONARY GROUP DEFAULT SYSTEM SESSION PROFILE INDEX TRIGGER PROCEDURE FUNCTION""".split()
)
"""What CREATE, ALTER and DROP also work on; the catalog holds none of it."""

DDL = frozenset({"CREATE", "ALTER", "DROP"})
"""Words that begin a change of a schema."""


def is_read_by_words(tokens: Sequence[Token], first: int, last: int) -> bool:
    """Say whether no tree is needed: DDL without a query is read word by word, and a COPY has forms without number."""
    words = [token.text.upper() for token in tokens[first : min(first + 5, last)]]
    if words[0] == "COPY":
        return True
    if words[0] not in DDL:
        return False
    kind = next((word for word in words[1:] if word in OTHER_OBJECTS or word in {"TABLE", "VIEW"}), "")
    return kind in OTHER_OBJECTS or not any(
        tokens[index].token_type is TokenType.SELECT for index in range(first + 1, last)
    )


def is_sqlmesh(tokens: Sequence[Token], first: int, last: int) -> bool:
    """Say whether a statement says something about a model to SQLMesh: `MODEL (name …)`, `@DEF(days, 7)`."""
    words = [token.text.upper() for token in tokens[first : min(first + 3, last)]]
    return words[:2] in (["MODEL", "("], ["METRIC", "("]) or (len(words) == 3 and words[0] == "@" and words[2] == "(")
