"""Where a database is: its URL, the engine that the scheme names, and what of it must never be printed."""

from __future__ import annotations

import os
from urllib.parse import parse_qsl, quote, quote_plus, unquote, unquote_plus

from leaktight.lazy import record
from leaktight.text import nearest

ENGINES = {
    "postgresql": "postgres",
    "postgres": "postgres",
    "mysql": "mysql",
    "mariadb": "mysql",
    "duckdb": "duckdb",
    "sqlite": "sqlite",
}
"""The dialect of each scheme that a URL may begin with."""

SPOKEN = {"postgres": "PostgreSQL", "mysql": "MySQL", "duckdb": "DuckDB", "sqlite": "SQLite"}
_QUERIED = ("bigquery", "snowflake", "redshift", "databricks")
_SECRET_WORDS = ("pass", "pwd", "secret", "token", "key")
_SECRET_VARIABLES = ("PGPASSWORD", "MYSQL_PWD", "motherduck_token", "MOTHERDUCK_TOKEN")
HIDDEN = "***"


class DatabaseUnread(Exception):
    """A database, or what was asked of one, that could not be read; the message is a whole sentence.

    `trace` is where a driver failed, for those who ask. There are no secrets in either.
    """

    def __init__(self, message: str, trace: str = "") -> None:
        super().__init__(message)
        self.trace = trace


@record(frozen=True, slots=True)
class Address:
    """A database's place. `url` has the secrets in it: for the driver alone. `shown` is for people.

    What a password holds that has a meaning in URLs is written as `%40` in `url`, as every driver reads it.
    """

    engine: str
    url: str
    shown: str
    secrets: tuple[str, ...] = ()
    path: str = ""
    """The file of an engine that is one."""

    @property
    def database(self) -> str:
        """The name of the database, or of the file without its ending; empty where the URL has none."""
        name = (self.path or self.shown.partition("://")[2]).replace("\\", "/")
        if not self.path and "/" not in name:
            return ""
        last = name.rpartition("/")[2]
        return (last.rpartition(".")[0] or last) if self.path else last

    def scrubbed(self, text: str) -> str:
        """Give a text with every secret in it taken out."""
        for secret in self.secrets:
            text = text.replace(secret, HIDDEN)
        return text

    def __repr__(self) -> str:
        return f"Address({self.shown})"


def address_of(url: str) -> Address:
    """Read a URL. Raises `DatabaseUnread` where it names no engine that is read, or its password may end in two places."""
    scheme, mark, rest = url.strip().partition("://")
    name = scheme.partition("+")[0].lower()
    if not mark:
        raise DatabaseUnread(
            "A database is given by its URL, such as `postgresql://reader@host/shop`, `mysql://reader@host/shop`, "
            "`duckdb:///shop.duckdb` or `sqlite:///shop.db`; what is given has no `://`."
        )
    if name not in ENGINES:
        raise DatabaseUnread(_unknown(name))
    engine = ENGINES[name]
    secrets = _secrets(url.strip(), rest)
    if engine in {"duckdb", "sqlite"}:
        path = unquote(rest.partition("?")[0])
        if not path.startswith("/") or len(path) < 2:
            example = "duckdb:///shop.duckdb" if engine == "duckdb" else "sqlite:///shop.db"
            raise DatabaseUnread(f"The URL of a {SPOKEN[engine]} file has three slashes and the path: `{example}`.")
        return Address(engine, url.strip(), f"{name}://{path}", secrets, path[1:])
    who, where = _authority(rest)
    user, mark, password = who.partition(":")
    for sign in "@/?#":
        password = password.replace(sign, quote(sign, safe=""))
    at = f"{user}{mark}{password}@" if who else ""
    return Address(engine, f"{scheme}://{at}{where}", f"{name}://{_without_secrets(rest)}", secrets)


def _unknown(name: str) -> str:
    known = ", ".join(f"`{scheme}`" for scheme in ("postgresql", "mysql", "mariadb", "duckdb", "sqlite"))
    if name in _QUERIED:
        return (
            f"A database of {name} is not read through a connection: `leaktight catalog query {name}` prints the queries to "
            f"run there, and `leaktight catalog import FILE…` reads their results."
        )
    near = nearest(name, ENGINES)
    hint = f"did you mean `{near}`? Schemes" if near else "schemes"
    return (
        f"A URL that begins with `{name[:40]}` names no database that is read; {hint} that are: {known}. For "
        f"{', '.join(_QUERIED)} `leaktight catalog query ENGINE` prints the queries to run there."
    )


def _authority(rest: str) -> tuple[str, str]:
    """Split what follows the scheme into who (`user:password`) and where; the last `@` before the query tells them apart.

    Raises `DatabaseUnread` where the only `@` stands behind a `?`: it may end a password, or be part of a value.
    """
    head = rest[: _query_at(rest)]
    who, at, _ = head.rpartition("@")
    if at:
        return who, rest[len(who) + 1 :]
    colon, slash = head.find(":"), head.find("/")
    if "@" in rest and (slash < 0 or 0 <= colon < slash):
        raise DatabaseUnread(
            "It is not clear where the password in the URL ends: in a user name, a password and a value of the query write "
            "`%40` for `@`, `%3F` for `?` and `%2F` for `/`."
        )
    return "", rest


def _query_at(rest: str) -> int:
    """Give where the query begins: at the first `?` behind which a `name=` stands; any other is part of a password."""
    at = rest.find("?")
    while at >= 0:
        name, mark, _ = rest[at + 1 :].partition("=")
        if name.replace("_", "").replace("-", "").replace(".", "").isalnum() if mark else "@" not in name:
            return at
        at = rest.find("?", at + 1)
    return len(rest)


def _without_secrets(rest: str) -> str:
    who, where = _authority(rest)
    user = unquote(who.partition(":")[0])
    place = where.partition("?")[0]
    return f"{user}@{place}" if user else place


def _secrets(url: str, rest: str) -> tuple[str, ...]:
    """Give all that must not be printed, the longest first: passwords as written and as meant, and the URL with them."""
    who, where = _authority(rest)
    written = [who.partition(":")[2]]
    for name, value in parse_qsl(where.partition("?")[2], keep_blank_values=False):
        if any(word in name.lower() for word in _SECRET_WORDS):
            written.append(value)
    written += [os.environ.get(name, "") for name in _SECRET_VARIABLES]
    forms: set[str] = set()
    for secret in written:
        if secret:
            plain = unquote(secret)
            forms |= {secret, plain, unquote_plus(secret), quote(plain), quote(plain, safe=""), quote_plus(plain)}
            forms |= _escaped(plain)
    if any(written):
        forms.add(url)
    return tuple(sorted(forms, key=lambda form: (-len(form), form)))


def _escaped(secret: str) -> set[str]:
    """Give a secret as it stands in a `repr` or in a string of SQL."""
    doubled = secret.replace("\\", "\\\\")
    return {repr(secret)[1:-1], secret.replace("'", "''"), doubled, doubled.replace("'", "\\'")}
