"""What calls and loops bind names to, as far as that is known without running anything."""

from __future__ import annotations

import ast

from leaktight.operations.python_schema.code import Code, plain_arguments


def parameters_of(code: Code, helper: ast.FunctionDef, call: ast.Call) -> dict[str, ast.expr | None]:
    """Give the parameters of a helper as a call sets them."""
    names = [item.arg for item in (*helper.args.posonlyargs, *helper.args.args)]
    defaults = helper.args.defaults
    given: dict[str, ast.expr | None] = dict.fromkeys((*names, *(item.arg for item in helper.args.kwonlyargs)))
    given.update(zip(names[len(names) - len(defaults) :], defaults, strict=True))
    given.update(zip((item.arg for item in helper.args.kwonlyargs), helper.args.kw_defaults, strict=True))
    given.update(zip(names, (code.value(item) for item in plain_arguments(call)), strict=False))
    given.update({keyword.arg: code.value(keyword.value) for keyword in call.keywords if keyword.arg})
    return {name: _closed(code, value) for name, value in given.items()}


def _closed(code: Code, value: ast.expr | None) -> ast.expr | None:
    """Give a value that means the same in another scope: a known string as such."""
    text = code.text(value)
    if text is not None and not isinstance(value, ast.Constant):
        return ast.copy_location(ast.Constant(text), value) if value is not None else None
    return None if isinstance(value, ast.Name | ast.Attribute) else value


def bound(code: Code, target: ast.expr, item: ast.expr) -> dict[str, ast.expr | None] | None:
    """Give what one turn of a loop over known items binds; None where that is not known."""
    if isinstance(target, ast.Name):
        return {target.id: code.value(item)}
    items = code.items(item)
    if not isinstance(target, ast.Tuple | ast.List) or items is None or len(items) != len(target.elts):
        return None
    pairs = zip(target.elts, items, strict=True)
    return {name.id: code.value(value) for name, value in pairs if isinstance(name, ast.Name)}
