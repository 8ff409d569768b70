"""The blocks of a Terraform file, in its own syntax and in JSON."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import TYPE_CHECKING

from leaktight.catalog.declaration import LONGEST_NAME, SLOT
from leaktight.lazy import record
from leaktight.operations.terraform.hcl import Hcl
from leaktight.operations.terraform.values import UNKNOWN, Reference, Value
from leaktight.source import NotAnalysable, Source
from leaktight.text import Span

if TYPE_CHECKING:
    from tree_sitter import Node

NAMED_BY = {"google_bigquery_dataset": "dataset_id", "aws_glue_catalog_database": "name"}
"""Of the kinds of resource that hold tables the attribute that names them."""
_DEEPEST = 20
"""How many names may stand for one another."""


class Body(ABC):
    """What stands in the braces of a block."""

    def __init__(self, module: Module) -> None:
        self.module = module

    @abstractmethod
    def value(self, name: str) -> Value | None:
        """Give what an attribute is worth; None where it is not there, or null."""

    @abstractmethod
    def name(self, name: str) -> Value | None:
        """Give what an attribute that names something is worth; what another file of the module says stands in slots."""

    @abstractmethod
    def source_of(self, name: str) -> tuple[Hcl, Node] | Value | None:
        """Give an attribute as it stands there, its value or what that is to be read from."""

    @abstractmethod
    def blocks(self, name: str) -> list[Body] | None:
        """Give the blocks of a name in the body; None where a run makes them, and nobody knows how many."""

    def block(self, name: str) -> Body | None:
        """Give the one block of a name."""
        found = self.blocks(name)
        return found[0] if found else None

    def drifts(self, *attributes: str) -> bool:
        """Say whether others may change one of these attributes, and Terraform looks away."""
        lifecycle = self.block("lifecycle")
        ignored = lifecycle.value("ignore_changes") if lifecycle is not None else None
        if ignored is None:
            return False
        for item in ignored.items if ignored.items is not None else (ignored,):
            path = item.data.names[0] if isinstance(item.data, Reference) else item.text
            # An attribute of a block, `storage_descriptor[0].columns`, is worth nothing that is known.
            if path is None or path in attributes or path == "all":
                return True
        return False


class _HclBody(Body):
    def __init__(self, module: Module, hcl: Hcl, node: Node | None) -> None:
        super().__init__(module)
        self._hcl = hcl
        self._attributes: dict[str, Node] = {}
        self._blocks: dict[str, list[Node]] = {}
        self._open: set[str] = set()
        for child in node.named_children if node is not None else ():
            if child.type == "attribute" and child.named_child_count == 2:
                self._attributes.setdefault(hcl.text(child.named_children[0]), child.named_children[1])
            elif child.type == "block" and child.named_child_count:
                kind, labels = head(hcl, child)
                if kind == "dynamic" and labels:
                    self._open.add(labels[0][0])
                else:
                    self._blocks.setdefault(kind, []).append(child)

    def value(self, name: str) -> Value | None:
        node = self._attributes.get(name)
        if node is None:
            return None
        found = self._hcl.value(node, self.module.resolve)
        return found if found.data is not None else None

    def name(self, name: str) -> Value | None:
        node = self._attributes.get(name)
        if node is None:
            return None
        found = self._hcl.value(node, self.module.resolve_name)
        return found if found.data is not None else None

    def source_of(self, name: str) -> tuple[Hcl, Node] | Value | None:
        node = self._attributes.get(name)
        return (self._hcl, node) if node is not None else None

    def blocks(self, name: str) -> list[Body] | None:
        if name in self._open:
            return None
        return [_HclBody(self.module, self._hcl, _inner(node)) for node in self._blocks.get(name, ())]


class _JsonBody(Body):
    def __init__(self, module: Module, value: Value) -> None:
        super().__init__(module)
        self._value = value

    def value(self, name: str) -> Value | None:
        found = self._value.member(name)
        if found is not None and isinstance(found.data, Reference):
            return self.module.resolve(found.data, found.span, 0)
        return found

    def name(self, name: str) -> Value | None:
        found = self._value.member(name)
        if found is not None and isinstance(found.data, Reference):
            return self.module.resolve_name(found.data, found.span, 0)
        return found

    def source_of(self, name: str) -> tuple[Hcl, Node] | Value | None:
        return self._value.member(name)

    def blocks(self, name: str) -> list[Body] | None:
        found = self._value.member(name)
        dynamic = self._value.member("dynamic")
        if (dynamic is not None and dynamic.member(name) is not None) or (found is not None and found.data is UNKNOWN):
            return None
        if found is None:
            return []
        return [_JsonBody(self.module, one) for one in (found.items if found.items is not None else (found,))]


@record(frozen=True, slots=True)
class Resource:
    """A resource: its type, its name with the place of that, and what stands in it."""

    type: str
    name: str
    place: Span
    body: Body
    broken: Span | None = None
    """Where it is no valid HCL."""


class Module:
    """What one file of a module says: its resources by type and name, its local values and its variables."""

    def __init__(self, source: Source) -> None:
        self.resources: dict[tuple[str, str], Resource] = {}
        self.broken: Span | None = None
        self.locals: dict[str, tuple[Hcl, Node] | Value] = {}
        self.variables: dict[str, tuple[Hcl, Node] | Value] = {}
        """What variables are worth if nobody says otherwise."""
        self._worth: dict[str, Value] = {}
        self._known: dict[tuple[str, str], Value] = {}
        """The names of what holds tables, as far as one has asked."""
        self._named: dict[tuple[str, str], Value] = {}
        self._asked: set[tuple[str, str]] = set()
        if source.path.endswith(".json"):
            self._read_json(Hcl.expression(source.text))
        else:
            self._read(Hcl(source.text))

    def of_type(self, type_: str) -> Iterator[Resource]:
        """Yield the resources of a type, in their order."""
        return (resource for key, resource in self.resources.items() if key[0] == type_)

    def resolve(self, reference: Reference, span: Span, depth: int) -> Value:
        """Give what a local value or a resource's name is; the reference itself where it stands in another file."""
        match reference.names:
            case ("local", name):
                found = self._worth.get(name) or self.locals.get(name)
            case (type_, name, "id" | "dataset_id" | "name"):
                found = self._known.get((type_, name)) or self._name_of(type_, name)
            case _:
                found = None
        if found is None:
            return Value(reference, span)
        key = (reference.names[0], reference.names[1])
        if isinstance(found, Value):
            return found
        if key in self._asked:
            return Value(UNKNOWN, span)
        self._asked.add(key)
        value = found[0].value(found[1], self.resolve, depth + 1)
        self._asked.discard(key)
        if key[0] == "local":
            self._worth[key[1]] = value
        else:
            self._known[key] = value
        return value

    def resolve_name(self, reference: Reference, span: Span, depth: int) -> Value:
        """Do the same for what names a table or what holds it, in which variables are worth their default too."""
        match reference.names:
            case ("var", name):
                found = self.variables.get(name)
            case ("local", name):
                found = self.locals.get(name)
            case (type_, name, "id" | "dataset_id" | "name"):
                found = self._name_of(type_, name)
            case _:
                return Value(reference, span)
        key = (reference.names[0], reference.names[1])
        if found is None:
            return Value(f"{SLOT}{'.'.join(key)}{SLOT}", span) if key[0] in ("var", "local") else Value(reference, span)
        if key in self._named:
            return self._named[key]
        if key in self._asked or depth > _DEEPEST:
            return Value(UNKNOWN, span)
        self._asked.add(key)
        if not isinstance(found, Value):
            found = found[0].value(found[1], self.resolve_name, depth + 1)
        elif isinstance(found.data, Reference):
            found = self.resolve_name(found.data, found.span, depth + 1)
        self._asked.discard(key)
        self._named[key] = found
        return found

    def names(self) -> Iterator[tuple[str, str]]:
        """Yield what variables and local values are worth that may be names, by `var.dataset` and `local.dataset`."""
        for kind, named in (("var", self.variables), ("local", self.locals)):
            for name in named:
                said = self.resolve_name(Reference((kind, name)), Span(0, 0), 0)
                if isinstance(said.data, str) and len(said.data) <= LONGEST_NAME:
                    yield f"{kind}.{name}", said.data

    def _name_of(self, type_: str, name: str) -> tuple[Hcl, Node] | Value | None:
        """Give where the name stands of what holds tables, if it is in this file."""
        resource = self.resources.get((type_, name))
        attribute = NAMED_BY.get(type_)
        return resource.body.source_of(attribute) if resource is not None and attribute is not None else None

    def _read(self, hcl: Hcl) -> None:
        if hcl.root.has_error:
            self.broken = first_error(hcl, hcl.root)
        for body in hcl.root.named_children:
            for block in body.named_children if body.type == "body" else (body,):
                if block.type != "block" or not block.named_child_count:
                    continue
                kind, labels = head(hcl, block)
                inner = _inner(block)
                if kind == "locals":
                    for child in inner.named_children if inner is not None else ():
                        if child.type == "attribute" and child.named_child_count == 2:
                            self.locals[hcl.text(child.named_children[0])] = (hcl, child.named_children[1])
                elif kind == "variable" and len(labels) == 1:
                    for child in inner.named_children if inner is not None else ():
                        if child.type == "attribute" and hcl.text(child.named_children[0]) == "default":
                            self.variables[labels[0][0]] = (hcl, child.named_children[1])
                elif kind == "resource" and len(labels) == 2:
                    (type_, _), (name, place) = labels
                    broken = first_error(hcl, block) if block.has_error else None
                    resource = Resource(type_, name, place, _HclBody(self, hcl, inner), broken)
                    self.resources.setdefault((type_, name), resource)

    def _read_json(self, hcl: Hcl) -> None:
        root = hcl.only_value(self.resolve)
        if root is None:
            self.broken = first_error(hcl, hcl.root) or Span(0, 0)
            return
        for name, (_, value) in _each(root.member("locals")):
            self.locals[name] = value
        for name, (_, value) in _each(root.member("variable")):
            for one in value.items if value.items is not None else (value,):
                default = one.member("default")
                if default is not None:
                    self.variables[name] = default
        for type_, (_, named) in _each(root.member("resource")):
            for one in named.items if named.items is not None else (named,):
                for name, (place, value) in one.members.items():
                    self.resources.setdefault((type_, name), Resource(type_, name, place, _JsonBody(self, value)))


def _each(value: Value | None) -> Iterator[tuple[str, tuple[Span, Value]]]:
    """Yield the members of an object, or of each object of a list."""
    if value is not None:
        for one in value.items if value.items is not None else (value,):
            yield from one.members.items()


def head(hcl: Hcl, block: Node) -> tuple[str, list[tuple[str, Span]]]:
    """Give the kind of a block, and its labels with their places, quotes off."""
    kind = ""
    labels: list[tuple[str, Span]] = []
    for child in block.named_children:
        if child.type not in ("identifier", "string_lit"):
            break
        word = hcl.text(child)
        if not kind:
            kind = word
            continue
        span = hcl.span(child)
        quoted = word[:1] == '"' and len(word) > 1
        labels.append((word[1:-1], Span(span.start + 1, span.end - 1)) if quoted else (word, span))
    return kind, labels


def _inner(block: Node) -> Node | None:
    return next((child for child in block.named_children if child.type == "body"), None)


def first_error(hcl: Hcl, node: Node) -> Span:
    """Give the place of the first error below a node that has one."""
    while not (node.is_error or node.is_missing):
        below = next((child for child in node.children if child.has_error or child.is_missing), None)
        if below is None:
            break
        node = below
    return hcl.span(node)


def not_valid(place: Span) -> NotAnalysable:
    """Give the problem of a file that is no valid HCL."""
    return NotAnalysable("not valid HCL", Span(place.start, place.start))
