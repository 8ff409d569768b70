"""A grant to everybody, or of everything."""

from __future__ import annotations

from collections.abc import Iterator

from leaktight import (
    Bad,
    Category,
    Finding,
    Fix,
    Good,
    Severity,
    Span,
    SqlDocument,
    SqlRule,
    Statement,
    option,
    words_of,
)

_ON_ROWS = frozenset({"SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "ALL", "CREATE", "OWNERSHIP", "REFERENCES"})
"""Privileges that open tables; `USAGE` of a schema, `EXECUTE` and `CONNECT` open none by themselves."""
_MAKES_ALONE = frozenset({"postgres", "redshift", "snowflake"})
"""Dialects where all privileges of a schema let one make objects, and say nothing of the rows of those that are there."""
_NO_ROWS = frozenset(
    """FUNCTION FUNCTIONS PROCEDURE PROCEDURES ROUTINE ROUTINES TYPE DOMAIN LANGUAGE SEQUENCE SEQUENCES WAREHOUSE ROLE
    INTEGRATION STAGE STREAMLIT""".split()
)
_RULES = frozenset(
    "admin admins administrator sysadmin accountadmin securityadmin owner owners dba root superuser sa postgres migrator "
    "migration migrations deploy deployer ddl terraform rw readwrite rwuser writer".split()
)
"""Words in the names of those who are meant to do all."""
_ANYONE = {
    "allUsers": "everybody on the internet",
    "allAuthenticatedUsers": "everybody who has any Google account",
}
"""What BigQuery calls those that no role names."""
_ONLY_READS = frozenset(
    "read reader readers readonly ro report reports reporting reporter dashboard dashboards analyst analysts analytics "
    "viewer viewers view bi metabase looker tableau grafana superset guest public".split()
)


class BroadGrant(SqlRule):
    """A `GRANT` opens a table to everybody, or gives a role more than it can need.

    `PUBLIC` is every user of the database, those included that are created next year: whoever gets any login reads the
    table. BigQuery's `allUsers` is everybody on the internet. `ALL PRIVILEGES` lets a role that was meant to read also delete,
    truncate and, on some engines, grant further. Both outlive the reason they were given for, since nothing fails when they are
    too wide.

    Name the roles, and the privileges that they need: `GRANT SELECT ON shop.orders TO reporting`.

    `ALL` is told for a role that is called a reader (`reporting`, `dashboard`, `readonly`). What another role is for is not
    seen; with `strict` it is a note, but for one whose name says that it owns or runs the schema (`owner`, `admin`,
    `migrator`) or writes to it (`shop_rw`). Left alone are also grants that open no rows by themselves: `USAGE` of a schema,
    `EXECUTE` of a function, `CONNECT`, and on Postgres whatever is granted `ON DATABASE`.
    """

    name = "broad-grant"
    category = Category.GOVERNANCE
    severity = Severity.WARNING
    examples = (
        Bad(
            """
            grant select on shop.clients to public;
                                            ^^^^^^ `PUBLIC` is every user: anybody may `SELECT` on `shop.clients`
            """,
            dialect="postgres",
        ),
        Bad(
            """
            GRANT ALL PRIVILEGES ON ALL TABLES IN SCHEMA shop TO dashboard;
                  ^^^^^^^^^^^^^^ `ALL PRIVILEGES` lets `dashboard` write and delete too
            """,
            dialect="postgres",
        ),
        Bad(
            """
            grant all on schema shop to analyst;
                  ^^^ `ALL` lets `analyst` create tables there too
            """,
            dialect="postgres",
        ),
        Bad(
            """
            grant select, delete on table sales.orders to role reporting, role public;
                                                                               ^^^^^^ anybody may `SELECT`, `DELETE`
            """,
            dialect="snowflake",
        ),
        Bad(
            """
            grant all on shop.* to 'readonly'@'%';
                  ^^^ `ALL` lets `readonly` write and delete too
            """,
            dialect="mysql",
        ),
        Bad(
            """
            grant `roles/bigquery.dataViewer` on schema sales to 'allUsers';
                                                                 ^^^^^^^^^^ `allUsers` is everybody on the internet
            """,
            dialect="bigquery",
        ),
        Good("grant select on shop.orders to reporting;", dialect="postgres"),
        Good("grant all privileges on all tables in schema shop to shop_owner;", dialect="postgres"),
        Good("grant all privileges on all tables in schema shop to salesadmin;", dialect="postgres"),
        Good(
            "grant all on all tables in schema shop to transformer;", dialect="postgres", note="Perhaps it fills them."
        ),
        Good("grant usage on schema shop to public;", dialect="postgres", note="It opens no table by itself."),
        Good("revoke all on shop.clients from public;", dialect="postgres"),
        Good("grant execute on function shop.total(int) to public;", dialect="postgres"),
    )

    strict: bool = option(False, "Tell `ALL` for any role whose name does not say that it may do all.")

    def check(self, sql: SqlDocument) -> Iterator[Finding]:
        """Yield `PUBLIC` and `ALL` of each grant that opens rows."""
        if sql.path.test:
            return
        for statement in sql.statements:
            if statement.keyword == "GRANT":
                yield from self._grant(sql, statement)

    def _grant(self, sql: SqlDocument, statement: Statement) -> Iterator[Finding]:
        tokens = sql.tokens_in(statement.span)
        words = [token.text.upper() for token in tokens]
        if "ON" not in words or "TO" not in words[words.index("ON") :]:
            return  # a role that is granted to a role
        on = words.index("ON")
        to = words.index("TO", on)
        objects = words[on + 1 : to]
        if not objects:
            return
        anyone = next((token for token in tokens[to + 1 :] if token.text.strip("'\"`") in _ANYONE), None)
        if anyone is not None and sql.dialect == "bigquery":
            span = Span(anyone.start, anyone.end + 1)
            who = anyone.text.strip("'\"`")
            message = f"`{who}` is {_ANYONE[who]}: {_object(' '.join(objects).lower())} is open to them"
            yield Finding(span, message, fix=Fix.hint("name the users or groups that need it"))
            return
        granted = [word for word in words[1:on] if word in _ON_ROWS]
        if not granted or not _NO_ROWS.isdisjoint(objects[:3]):
            return
        if granted == ["CREATE"] and objects[:1] != ["SCHEMA"]:
            return
        database = objects[:1] == ["DATABASE"]
        if database and sql.dialect in {"postgres", "redshift"}:
            return  # to connect, to create schemas: no table is opened
        end = words.index("WITH", to) if "WITH" in words[to:] else len(words)
        place = sql.slice(Span(tokens[on + 1].start, tokens[to - 1].end + 1))
        place = " ".join(place.split())
        privileges = ", ".join(f"`{word}`" for word in granted)
        grantees = [at for at in range(to + 1, end) if words[at] not in {",", "ROLE", "USER", "GROUP", ";"}]
        public = next((at for at in grantees if words[at] == "PUBLIC"), None)
        if public is not None:
            span = Span(tokens[public].start, tokens[public].end + 1)
            message = f"`PUBLIC` is every user: anybody may {privileges} on `{_object(place)}`"
            yield Finding(span, message, fix=Fix.hint("name the roles that need it"))
        elif granted[0] == "ALL" and grantees:
            name = tokens[grantees[0]].text
            said = set(words_of(name))
            reads = not said.isdisjoint(_ONLY_READS)
            if (
                _may_do_all(name) or name == "<" or not (reads or self.strict)
            ):  # `<YOUR_ROLE>`: whoever fills it in knows
                return
            last = on - 1 if words[2] == "PRIVILEGES" else 1
            span = Span(tokens[1].start, tokens[last].end + 1)
            makes = objects[0] == "SCHEMA" and sql.dialect in _MAKES_ALONE
            does, needed = ("create tables there too", "USAGE") if makes else ("write and delete too", "SELECT")
            yield Finding(
                span,
                f"`{sql.slice(span).upper()}` lets `{name}` {does}",
                fix=Fix.hint(f"grant what the role needs: `{needed}` for one that reads"),
                severity=None if reads else Severity.NOTE,
            )


def _may_do_all(name: str) -> bool:
    """Say whether a role's name says that it owns or runs the schema: `shop_owner`, `salesadmin`."""
    said = words_of(name)
    return (
        not _RULES.isdisjoint(said)
        or any(word.endswith(("admin", "owner")) for word in said)
        or name.upper() in {"CURRENT_USER", "SESSION_USER"}
    )


def _object(place: str) -> str:
    words = place.split()
    return " ".join(words[1:]) if words[0].upper() == "TABLE" and len(words) > 1 else place
