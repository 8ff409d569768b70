"""Constants that a module imports from another module of the same project."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Callable, Iterator
from posixpath import dirname, join, normpath

from leaktight.languages.python import PythonDocument

ReadFile = Callable[[str], str | None]


class ImportedConstants:
    """Looks constants up in sibling modules. Reads them as text; imports nothing.

    `read_file` gives the text of a file by its path from the project's root, None when there is none.
    """

    def __init__(self, document: PythonDocument, read_file: ReadFile | None) -> None:
        self._document = document
        self._read_file = read_file
        self._modules: dict[str, dict[str, str] | None] = {}

    def text(self, expression: ast.expr) -> str | None:
        """Give the string that a name or attribute is set to in the module it is imported from."""
        if self._read_file is None:
            return None
        path = self._document.qualified_name(expression)
        if path is None or "." not in path.strip("."):
            return None if path is None or not path.startswith(".") else self._look_up(path)
        return self._look_up(path)

    def _look_up(self, path: str) -> str | None:
        module, _, name = path.rpartition(".")
        if not module and not path.startswith("."):
            return None
        for file in self._files(module or "."):
            constants = self._constants(file)
            if constants is not None:
                return constants.get(name)
        return None

    def _files(self, module: str) -> Iterator[str]:
        """Yield where a module may lie: relative to its importer, or to any folder above that."""
        folder = dirname(self._document.source.path)
        level = len(module) - len(module.lstrip("."))
        inner = module.lstrip(".").replace(".", "/")
        if level:
            base = normpath(join(folder, *[".."] * (level - 1))) if folder else "."
            yield from _module_files(join(base, inner) if inner else base)
            return
        while True:
            yield from _module_files(join(folder, inner))
            if not folder:
                return
            folder = dirname(folder)

    def _constants(self, file: str) -> dict[str, str] | None:
        if file not in self._modules:
            text = self._read_file(file) if self._read_file is not None else None
            self._modules[file] = None if text is None else _string_constants(text)
        return self._modules[file]


def _module_files(path: str) -> Iterator[str]:
    path = normpath(path)
    if path.startswith(".."):
        return
    yield f"{path}.py"
    yield "__init__.py" if path == "." else f"{path}/__init__.py"


def _string_constants(text: str) -> dict[str, str]:
    """Give the names that a module sets once, at its top level, to a plain string."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return {}
    found: dict[str, str] = {}
    twice: set[str] = set()
    for node in tree.body:
        targets = (
            node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
        )
        for target in targets:
            if isinstance(target, ast.Name) and isinstance(node, ast.Assign | ast.AnnAssign):
                if target.id in found:
                    twice.add(target.id)
                if isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
                    found[target.id] = node.value.value
                else:
                    twice.add(target.id)
    return {name: value for name, value in found.items() if name not in twice}
