"""A parsed SQL region: statements, an index of nodes by kind, and where each stands in the text."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from types import NoneType
from typing import TYPE_CHECKING, TypeVar

from sqlglot import exp
from sqlglot.tokenizer_core import Token

from leaktight.catalog.catalog import Catalog
from leaktight.catalog.search_path import SearchPath
from leaktight.catalog.table import Column, Table
from leaktight.context import PathContext
from leaktight.languages.sql import clauses
from leaktight.languages.sql.blanks import may_write
from leaktight.languages.sql.client_commands import blank_client_commands
from leaktight.languages.sql.comments import comments_of
from leaktight.languages.sql.dialects import WAREHOUSES, dialect_named
from leaktight.languages.sql.hosted_document import HostedDocument
from leaktight.languages.sql.identifiers import written
from leaktight.languages.sql.kinds import kin_of
from leaktight.languages.sql.named import Named
from leaktight.languages.sql.places import Places, leaves, word
from leaktight.languages.sql.scope import SCOPED, Relation, RelationKind, Scope, ScopeBuilder, find_cte
from leaktight.languages.sql.statements import Cut, Statement, parse
from leaktight.languages.sql.tokens import tokenise
from leaktight.source import HoleKind, Region, Segment, Source
from leaktight.text import Span

if TYPE_CHECKING:
    from leaktight.languages.sql.resolver import Resolver
    from leaktight.languages.sql.star import Star

Node = TypeVar("Node", bound=exp.Expr)


class SqlDocument(HostedDocument):
    """The statements of a SQL region.

    `catalog` is what is known of the project's tables, `path` what the file's place says of it.
    """

    def __init__(
        self,
        region: Region,
        source: Source,
        dialect: str,
        statements: list[Statement],
        tokens: Sequence[Token],
        *,
        catalog: Catalog,
        path: PathContext,
    ) -> None:
        super().__init__(region, source)
        self.dialect = dialect
        self._named = Named(self)
        self.dialect_is_named = False
        """Whether configuration or a driver names the dialect; otherwise the text and the files beside it were asked."""
        self.dialect_is_told = True
        """Whether that, or the text itself, tells the dialect, and not just the files beside it."""
        self.catalog = catalog
        self.path = path
        self.statements = statements
        self.tokens = tokens

    @property
    def is_warehouse(self) -> bool:
        """Whether the dialect is one of a column store."""
        return self.dialect in WAREHOUSES

    @cached_property
    def _index(self) -> dict[type, list[exp.Expr]]:
        index: defaultdict[type, list[exp.Expr]] = defaultdict(list)
        base, passed = exp.Expr, _PASSED
        for statement in self.statements:
            if statement.tree is None:
                continue
            level: list[exp.Expr] = [statement.tree]
            while level:
                below: list[exp.Expr] = []
                for node in level:
                    index[node.__class__].append(node)
                    for value in node.args.values():
                        kind = value.__class__
                        if kind is list:
                            below += [v for v in value if v.__class__ not in passed and isinstance(v, base)]
                        elif kind not in passed and isinstance(value, base):
                            below.append(value)
                level = below
        return index

    @cached_property
    def _found(self) -> dict[tuple[type, ...], list[exp.Expr]]:
        return {}

    def find(self, *kinds: type[Node]) -> Iterator[Node]:
        """Give the nodes of these kinds, subclasses among them, outer before inner; from one shared walk.

        Identifiers and types are not found.
        """
        found = self._found.get(kinds)
        if found is None:
            index = self._index
            found = self._found[kinds] = []
            for kind in kinds:
                kin = kin_of(kind)
                for member in index:
                    if kin[member]:
                        found += index[member]
        return iter(found)  # type: ignore[arg-type]

    @property
    def writes(self) -> bool:
        """Whether any statement that is understood may write to a table."""
        return next(self.find(*clauses.WRITES), None) is not None

    @cached_property
    def scopes(self) -> list[Scope]:
        """The SELECTs, UPDATEs, DELETEs and MERGEs with their relations and columns, outer before inner."""
        # The UPDATE of `MERGE … WHEN MATCHED THEN UPDATE` is a branch of the MERGE, not a statement with relations.
        nodes: list[exp.Expr] = [node for node in self.find(*SCOPED) if not isinstance(node.parent, exp.When)]
        return ScopeBuilder(ctes=exp.With in self._index).build(nodes, list(self.find(exp.Column)))

    @cached_property
    def _homes(self) -> dict[int, tuple[exp.Expr, Scope | None]]:
        """The scopes that nodes stand in, as far as one has asked: a chain of many terms is climbed once for all of them.

        Each node stands beside its own, for another could come to live at its address.
        """
        return {id(scope.node): (scope.node, scope) for scope in self.scopes}

    def scope(self, node: exp.Expr) -> Scope | None:
        """Give the scope of a SELECT, UPDATE, DELETE or MERGE, or the one that any other node stands in."""
        passed: list[exp.Expr] = []
        found: Scope | None = None
        current: exp.Expr | None = node
        while current is not None:
            known = self._homes.get(id(current))
            if known is not None:
                found = known[1]
                break
            passed.append(current)
            current = current.parent
        for below in passed:
            self._homes[id(below)] = below, found
        return found

    def is_cte(self, table: exp.Table) -> bool:
        """Say whether a table node names a CTE."""
        return exp.With in self._index and len(table.parts) == 1 and find_cte(table) is not None

    def table(self, node: exp.Expr | None) -> Table | None:
        """Give what the catalog knows of the table that a Table node names; None for CTEs and unknown tables."""
        return self._named.table(node)

    def search_path(self, place: exp.Expr | int) -> SearchPath:
        """Give where the engine looks for names without a schema at an offset or a node, as the statements above it say."""
        return self._named.search_path(place)

    def relation_table(self, relation: Relation) -> Table | None:
        """Give what the catalog knows of a relation that is a table."""
        return self.table(relation.node) if relation.kind is RelationKind.TABLE else None

    @cached_property
    def resolver(self) -> Resolver:
        """Which columns of the catalog the names of the document mean."""
        from leaktight.languages.sql.resolver import Resolver

        return Resolver(self)

    @cached_property
    def _by_root(self) -> dict[int, Statement]:
        return {id(statement.tree): statement for statement in self.statements if statement.tree is not None}

    def statement_of(self, node: exp.Expr) -> Statement:
        """Give the statement that a node stands in."""
        return self._by_root[id(node.root())]

    # Places

    @cached_property
    def _starts(self) -> list[int]:
        return [token.start for token in self.tokens]

    @cached_property
    def _places(self) -> Places:
        return Places(self.tokens, self._starts, lambda root: self._by_root[id(root)].span)

    def span(self, node: exp.Expr) -> Span:
        """Give the stretch that a node covers, its brackets and words without a place (`NULL`, `CASE … END`) included.

        A query begins with its first leaf, not with SELECT: that is what `keyword` finds.
        """
        return self._places.span(node)

    def name_span(self, node: exp.Expr) -> Span:
        """Give the place of a table's name, its alias left out; all of a node that is no table."""
        parts = [self.span(part) for part in node.parts] if isinstance(node, exp.Table) else []
        return parts[0].cover(parts[-1]) if parts else self.span(node)

    def text_of(self, node: exp.Expr) -> str:
        """Give the text that a node covers."""
        return self.slice(self.span(node))

    def brackets(self, query: exp.Expr) -> Span | None:
        """Give the round brackets that a subquery stands in, both included; None where none stand directly around it."""
        return self._places.brackets(query)

    def token_after(self, offset: int, *words: str, before: int | None = None) -> Span | None:
        """Give the first token at or after `offset` whose text is one of `words` (upper case; none: any token)."""
        index = bisect_left(self._starts, offset)
        while index < len(self.tokens):
            token = self.tokens[index]
            if before is not None and token.start >= before:
                return None
            if not words or word(token) in words:
                return Span(token.start, token.end + 1)
            index += 1
        return None

    def token_before(self, offset: int, *words: str, after: int = 0) -> Span | None:
        """Give the last token that ends at or before `offset` whose text is one of `words` (none: any token)."""
        index = bisect_left(self._starts, offset) - 1
        while index >= 0:
            token = self.tokens[index]
            if token.start < after:
                return None
            if token.end < offset and (not words or word(token) in words):
                return Span(token.start, token.end + 1)
            index -= 1
        return None

    def tokens_in(self, span: Span) -> Sequence[Token]:
        """Give the tokens that lie in a span."""
        return self.tokens[bisect_left(self._starts, span.start) : bisect_left(self._starts, span.end)]

    def keyword(self, node: exp.Expr, *words: str) -> Span:
        """Give the place of a keyword of a node's statement: the last one before the node's first leaf, else the first
        one in it, else the node's own span.

        For `JOIN` of a join, `ORDER BY` of an order, `INSERT`, `DELETE`, `UNION`.
        """
        placed = leaves(node)
        start = placed.start if placed is not None else self.span(node).start
        statement = self.statement_of(node)
        return (
            self.token_before(start, *words, after=statement.span.start)
            or self.token_after(start, *words, before=statement.span.end)
            or self.span(node)
        )

    def head(self, node: exp.Expr) -> Span:
        """Give the first word of the statement that a node stands in: `INSERT`, `DELETE`, `UPDATE`."""
        statement = self.statement_of(node)
        token = self.tokens[statement.first]
        return Span(token.start, token.end + 1)

    def is_comma_join(self, join: exp.Join) -> bool:
        """Say whether a join is written as a comma between two tables."""
        before = self.token_before(self.span(join.this).start)
        return before is not None and self.slice(before) == ","

    def written(self, column: str | Column, *, exact: bool = False) -> str:
        """Give a column's name as this dialect writes it, in quotes where needed; `exact` where a name's case counts."""
        if isinstance(column, str):
            return written(column, self.dialect, exact=exact)
        return written(column.name, self.dialect, quoted=column.quoted)

    def read_through(self, star: Star) -> dict[str, str]:
        """Give the columns that the host reads through a star, each as the query would list it.

        Empty in all but the outermost SELECT, where the host's code is not seen to read columns by name alone, and where it
        is not known whose column one is.
        """
        from leaktight.languages.sql.star import read_through

        return read_through(self, star)

    def stars(self) -> Iterator[Star]:
        """Yield the `*` and `o.*` of select lists, with the tables that they stand for."""
        from leaktight.languages.sql.star import stars

        return stars(self)

    def star_columns(self, star: Star) -> list[str]:
        """Give the columns to list instead of a star, as they are written; empty where the list would change the query."""
        from leaktight.languages.sql.star import columns_instead

        return columns_instead(self, star)

    @cached_property
    def readers(self) -> dict[int, list[tuple[Scope, Relation]]]:
        """The queries that read each CTE and subquery, and the relation that it is there, by the `id` of its node."""
        from leaktight.languages.sql.readers import readers_by_holder

        return readers_by_holder(self.scopes)

    def is_pruned(self, scope: Scope) -> bool:
        """Say whether each query that reads this CTE or subquery names its columns, itself or through one that passes on."""
        from leaktight.languages.sql.readers import is_pruned

        return is_pruned(self, scope)

    def columns_read(self, scope: Scope) -> dict[str, bool] | None:
        """Give the columns that other queries read of a CTE or subquery, and whether each is quoted; None if not all."""
        from leaktight.languages.sql.readers import columns_read

        return columns_read(self, scope)

    # Holes

    def holes(self, span: Span) -> list[Segment]:
        """Give the holes of the host or template that a span touches, escapes and blanks left out."""
        return [hole for hole in self.region.map.holes(span) if hole.hole in _UNKNOWN]

    def has_hole(self, node: exp.Expr) -> bool:
        """Say whether some part of a node is filled in by a host or template."""
        return self.region.templated and bool(self.holes(self.span(node)))

    def tail(self, node: exp.Expr) -> Span:
        """Give what stands from a node's last word up to the next one: blanks, comments, and what a hole fills in."""
        end = self.span(node).end
        if node.parent is None:
            end = max(end, self.statement_of(node).span.end)
        after = self.token_after(end)
        return Span(end, after.start if after is not None else len(self.text))

    def clause_holes(self, span: Span) -> list[Segment]:
        """Give the holes of a span that may write a whole clause, branches that this view leaves out among them."""
        if not self.region.map.segments[1:]:
            return []
        return [hole for hole in self.region.map.holes(span) if may_write(hole, self.source.text)]

    def comments(self) -> Iterator[tuple[Span, str]]:
        """Give each comment with its place, marks included; stretches between tokens are searched, strings are not.

        What is for the client, as the rows of `COPY … FROM stdin`, holds none.
        """
        return comments_of(blank_client_commands(self.text), self.tokens)


_PASSED = frozenset({exp.Identifier, exp.DataType, NoneType, str, bool})
"""What no rule looks for by kind, identifiers, half of all nodes, and types, and what is no node."""
_UNKNOWN = frozenset({HoleKind.VALUE, HoleKind.IDENTIFIER, HoleKind.RELATION})


def parse_sql(
    region: Region,
    source: Source,
    dialect: str,
    catalog: Catalog,
    path: PathContext,
    wanted: Callable[[Sequence[Token]], bool] | None = None,
    cut: Cut | None = None,
) -> SqlDocument:
    """Give the document of a SQL region. `wanted` says by a statement's tokens whether its tree is asked for.

    `cut` is what the same text was cut into before, in the same dialect; what was parsed of it is not parsed again.

    Raises `NotAnalysable` when the text cannot be cut into tokens or nests too deeply; a statement that does not parse
    is one of `statements` with a `problem`.
    """
    grammar = dialect_named(dialect)
    text = blank_client_commands(region.text)
    tokens = tokenise(text, grammar) if cut is None else cut.tokens
    statements = parse(text, tokens, grammar, dialect, wanted, cut.parsed() if cut is not None else {})
    return SqlDocument(region, source, dialect, statements, tokens, catalog=catalog, path=path)
