"""Where a string that looks like SQL is none: docstrings, log messages, help texts, keys, comparisons."""

from __future__ import annotations

import ast

from leaktight.languages.python import PythonDocument

_SPEAKING_CALLS = frozenset(
    "print pprint debug info warning warn error critical exception log msg echo secho fail skip xfail exit abort "
    "startswith endswith match search fullmatch sub findall compile count split rsplit partition find rfind index "
    "add_argument add_parser ArgumentParser help success notice put_metric capture_message set_description annotate "
    "write_log raises gettext _ option argument Option Argument Field markdown header subheader caption toast "
    "send_message post_message notify CfnTopicRule TopicRule TopicRulePayloadProperty".split()
)
_SPEAKING_WORDS = frozenset(
    "help description doc docs message msg reason title label placeholder tooltip epilog usage comment summary match "
    "error name text_help help_text verbose_name caption note notes prompt doc_md subject body example examples".split()
)
_PARTIQL = "Statement"
"""DynamoDB's member for PartiQL, which looks like SQL and is read with the other DynamoDB requests."""
_SPEAKING_RECEIVERS = frozenset(("logger", "log", "logging", "_logger", "LOG", "LOGGER", "console", "warnings", "re"))
_SPEAKING_ENDS = ("Error", "Exception", "Warning", "Exit")


def is_prose(document: PythonDocument, expression: ast.expr) -> bool:
    """Say whether the place of a string says that it is read by people, or only compared."""
    child: ast.AST = expression
    for holder in document.ancestors(expression):
        match holder:
            case ast.Expr() | ast.Raise() | ast.Compare() | ast.JoinedStr() | ast.Assert():
                return child is expression or not isinstance(holder, ast.Expr | ast.Assert)
            case ast.Subscript() if child is holder.slice:
                return True
            case ast.Dict():
                return child in holder.keys or _is_spoken_key(document, holder, child)
            case ast.keyword() if holder.arg == _PARTIQL or (holder.arg or "").lower() in _SPEAKING_WORDS:
                return True
            case ast.Call() if child is not holder.func and _is_speaking(document, holder):
                return True
            case ast.Assign() | ast.AnnAssign():
                return _is_spoken_target(holder)
            case ast.Call():
                # Any other call is taken to use the string as it is.
                return False
            case ast.stmt():
                return False
        child = holder
    return False


def _is_speaking(document: PythonDocument, call: ast.Call) -> bool:
    name = document.callee_name(call)
    if name in _SPEAKING_CALLS or name.endswith(_SPEAKING_ENDS) or name.lower().startswith("assert"):
        return True
    receiver = document.receiver(call)
    match receiver:
        case ast.Name(id=last) | ast.Attribute(attr=last):
            return last in _SPEAKING_RECEIVERS
    return False


def _is_spoken_key(document: PythonDocument, holder: ast.Dict, child: ast.AST) -> bool:
    for key, value in zip(holder.keys, holder.values, strict=True):
        if value is child and key is not None:
            name = document.literal(key)
            return isinstance(name, str) and (name == _PARTIQL or name.lower() in _SPEAKING_WORDS)
    return False


def _is_spoken_target(statement: ast.Assign | ast.AnnAssign) -> bool:
    targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
    for target in targets:
        name = target.id if isinstance(target, ast.Name) else target.attr if isinstance(target, ast.Attribute) else ""
        if name.lower().strip("_") in _SPEAKING_WORDS:
            return True
    return False
