"""Which table a Python expression names, and whether a function's caller chooses it."""

from __future__ import annotations

import ast

from leaktight.embedding.call import Function
from leaktight.embedding.python.fold import StringFolder
from leaktight.embedding.python.fragments import Text, plain
from leaktight.embedding.python.imported import ImportedConstants
from leaktight.languages.document import Document
from leaktight.languages.python.document import PythonDocument
from leaktight.operations.writing.target import Target, target_of_text, unquoted


def named_target(document: PythonDocument, expression: ast.expr) -> Target:
    """Give the table that an expression names, what is only known at run time in braces: `{dataset}.orders`."""
    said = document.text_of(expression)
    texts = StringFolder(document, ImportedConstants(document, None)).texts(expression)
    if len(texts) != 1:
        return target_of_text(said, literal=False)
    whole = plain(texts[0])
    return target_of_text(whole, literal=True) if whole is not None else _partly(texts[0], "{" + said.lower() + "}")


def _partly(text: Text, called: str) -> Target:
    parts = [""]
    for fragment in text:
        pieces = (
            ["{" + unquoted(fragment.host) + "}"]
            if fragment.value is None
            else fragment.value.replace(":", ".").split(".")
        )
        parts[-1] += pieces[0]
        parts += pieces[1:]
    written = ".".join(parts)
    if "/" in written:
        return Target((written.lower(),), None, written, called)
    names = [name for name in (part.strip('`"[] ') for part in parts) if name]
    return Target(tuple(name.lower() for name in names), None, ".".join(names), called)


def is_chosen_by_caller(document: Document, target: Target | None, function: Function | None) -> bool:
    """Say whether a write's table is a parameter of a function that its own file never calls: a helper, no load of its own."""
    if target is None or function is None or not isinstance(document, PythonDocument) or not target.key:
        return False
    name = target.key[-1]
    given = {"{" + parameter.lower() + "}" for parameter in function.parameters}
    return name in given and not document.calls_of(function.name)
