"""What a secret looks like, and what only stands in for one."""

from __future__ import annotations

from leaktight.lazy import record, regex
from leaktight.text import Span, words_of

PASSWORDS = frozenset({"password", "passwd", "pwd", "passphrase", "pass"})
KEYS = frozenset(
    """aws_secret_access_key secret_access_key secretaccesskey aws_secret_key secret_key secretkey private_key privatekey
    account_key accountkey sas_token azure_sas_token access_token accesstoken api_key apikey client_secret clientsecret
    aws_session_token session_token master_symmetric_key""".split()
)
"""Names, in lower case, under which code gives a service the secret it opens to."""

_STANDS_IN = frozenset(
    """password passwd pwd pass secret secrets changeme change changeit example sample placeholder test tests testing dummy
    foo bar baz fake mock xxx xxxx todo none null empty default your my some insert here replace redacted hidden masked
    username user root admin postgres mysql airflow sa guest demo local localhost dev development docker letmein
    key token access string value db database hunter2""".split()
)
_SPELT = _STANDS_IN | frozenset("live prod production staging stage qa api sk pk hk app client service aws".split())
_NOT_A_VALUE = regex(r"[<>{}\[\]$%*]|\.\.\.|…|^[xX#*.\-_?]+$|^env[:.]|^(?:ssm|vault|arn|secretsmanager|gcp-secret)[:/]")
_LOCAL = frozenset({"", "localhost", "127.0.0.1", "0.0.0.0", "::1", "host.docker.internal"})  # noqa: S104 - compared with
_EXAMPLE_HOSTS = (".example", ".example.com", ".example.org", ".test", ".local", ".localhost", ".invalid")
_DIGITS = regex(r"\d+")
_PREFIX = regex(r"^[A-Za-z]{2,10}[_\-:]$")
"""What tokens of one kind all begin with (`sk_`), which is set where they are made."""
_AWS_KEY = regex(r"\A(?:AKIA|ASIA)[0-9A-Z]{16}\Z")


@record(frozen=True, slots=True)
class Credential:
    """A secret in a document. `span` is the secret itself, without quotes; `what` names it: `password`, `aws_secret_key`.

    `of` says what it opens, as far as that is written: the host of a URL, the callee of a call.
    """

    span: Span
    what: str
    of: str = ""


def is_secret(value: str, *, host: str | None = None) -> bool:
    """Say whether a literal is a secret that opens something, not a word that stands in for one.

    `host` is where it is sent, None where that is not known: a password of a machine's own database guards nothing, as long
    as it is one that everybody uses.
    """
    text = value.strip()
    if len(text) < 4 or len(text) > 4096 or _NOT_A_VALUE.search(text) or _PREFIX.match(text) or "EXAMPLE" in text:
        return False
    words = [piece for word in words_of(text) for piece in _DIGITS.split(word) if piece]
    if all(word in _STANDS_IN for word in words):
        return False
    if host is not None and is_local(host):
        return False
    if any(word in {"your", "example", "changeme", "placeholder", "redacted", "invalid"} for word in words):
        return False
    # `live_prod_key_123` is spelt out for a reader.
    return not (text.endswith(("123", "1234", "12345")) and len(words) > 1 and all(word in _SPELT for word in words))


def is_local(host: str) -> bool:
    """Say whether a host is this machine, a service of the same docker network, or one of an example."""
    folded = host.lower().strip("[]")
    return folded in _LOCAL or "." not in folded or folded.endswith(_EXAMPLE_HOSTS) or folded == "example.com"


def is_key_id(value: str) -> bool:
    """Say whether a literal is the id of an AWS access key, which has a form of its own."""
    return bool(_AWS_KEY.match(value)) and "EXAMPLE" not in value


def in_url(value: str) -> tuple[int, int, str] | None:
    """Give where the password stands in a URL that holds one, and the host that it opens; None without a secret."""
    scheme, separator, rest = value.partition("://")
    if not separator or not scheme or "@" not in rest or any(character.isspace() for character in value):
        return None
    authority = rest.split("/", 1)[0] if "@" in rest.split("/", 1)[0] else rest.rsplit("@", 1)[0] + "@"
    user, _, _ = authority.rpartition("@")
    name, colon, password = user.partition(":")
    if not colon or not password:
        return None
    from urllib.parse import unquote, urlsplit

    try:
        host = urlsplit(value).hostname or ""
    except ValueError:
        return None
    if unquote(password) == unquote(name) or not is_secret(unquote(password), host=host):
        return None
    start = len(scheme) + 3 + len(name) + 1
    return start, start + len(password), host


def names_secret(name: str) -> bool:
    """Say whether a parameter of a connection is one for a secret."""
    folded = name.lower()
    return folded in PASSWORDS or folded in KEYS
