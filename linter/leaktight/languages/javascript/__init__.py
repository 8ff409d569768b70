"""JavaScript and TypeScript as a tree, with the questions that finding SQL and SDK calls asks of it.

tree-sitter is imported with the first document, never before.
"""

from leaktight.languages.javascript.document import JavascriptDocument, parse_javascript
from leaktight.languages.javascript.loops import JavascriptLoop
from leaktight.languages.javascript.objects import ObjectView, Property
from leaktight.languages.javascript.scopes import Declaration
from leaktight.languages.javascript.strings import Piece, TemplatePart

__all__ = [
    "Declaration",
    "JavascriptDocument",
    "JavascriptLoop",
    "ObjectView",
    "Piece",
    "Property",
    "TemplatePart",
    "parse_javascript",
]
