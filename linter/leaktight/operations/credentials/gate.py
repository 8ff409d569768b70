"""Whether a file may hold a secret, read from its bytes before any parser."""

from __future__ import annotations

from leaktight.lazy import regex

_NAMES = (
    b"pass", b"password", b"passwd", b"passphrase", b"pwd", b"_key", b"accesskey", b"secretkey", b"privatekey", b"apikey",
    b"accountkey", b"_token", b"accesstoken", b"client_secret", b"clientsecret",
    b"access_key_id", b"accesskeyid",
)  # fmt: skip
_LITERAL = regex(rb"['\"]?\s*(?::\s*str\s*)?[:=]\s*[rbu]?[\"'`][^\s\"'`]{4}")
"""What stands behind a name that is given a text: `password="…"`, `"password": "…"`, `PASSWORD: str = "…"`."""
_USER = regex(rb"[^\s/@:\"'`]{0,80}:[^\s@\"'`]{3,200}@")


def may_hold_credential(data: bytes) -> bool:
    """Say whether a password may stand in a URL, or a text be given to a name that keeps secrets; too often, never too seldom."""
    at = data.find(b"://")
    while at >= 0:
        if _USER.match(data, at + 3):
            return True
        at = data.find(b"://", at + 3)
    folded = data.lower()
    for name in _NAMES:
        at = folded.find(name)
        while at >= 0:
            if _LITERAL.match(folded, at + len(name)):
                return True
            at = folded.find(name, at + 1)
    return False
