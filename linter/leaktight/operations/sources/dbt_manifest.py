"""`target/manifest.json`: what dbt makes of a project, every template filled in: names, columns, tests, configuration."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from leaktight.catalog.declaration import Declaration, Origin
from leaktight.catalog.table import Alias, Column, Table, TableName
from leaktight.diagnostics import Location, locate
from leaktight.embedding.jinja import references
from leaktight.operations.dbt.artifact import Artifact, Object, object_of, text_in, type_in, version_of
from leaktight.operations.dbt.projects import UNPLACED, DbtManifest, DbtNode, table_of
from leaktight.operations.dbt.promises import Constraint, Promise, Test, constrained, promise_of, with_promises
from leaktight.operations.dbt.settings import NAMES, Setting, classification_in, names_in, owner_in, with_settings
from leaktight.operations.file import FileView
from leaktight.operations.sources.dbt_model import digest_of, role_of
from leaktight.source import NotAnalysable
from leaktight.text import Span

_KINDS = frozenset({"model", "seed", "snapshot"})
_KNOWN = frozenset({*range(1, 13), 20})
_DIALECTS = {
    "postgres": "postgres", "bigquery": "bigquery", "snowflake": "snowflake", "redshift": "redshift", "spark": "spark",
    "databricks": "databricks", "duckdb": "duckdb", "trino": "trino", "athena": "athena", "clickhouse": "clickhouse",
    "sqlserver": "tsql", "synapse": "tsql", "fabric": "fabric", "mysql": "mysql", "oracle": "oracle", "sqlite": "sqlite",
}  # fmt: skip
"""The dialect by the adapter's name."""
_FAILS_ALWAYS = ("!= 0", "!=0", "> 0", ">0")
"""`error_if` where any row that fails is an error."""
_PLACEHOLDER = "--placeholder--"


def read(view: FileView) -> Iterator[Declaration | DbtManifest]:
    """Yield the tables, and the nodes for whoever checks them against the project's files.

    Raises `NotAnalysable` where the file is broken, or its schema of a version that is not known.
    """
    reader = _Reader(view)
    if not reader.read():
        return
    yield DbtManifest(view.source.path, reader.package, tuple(reader.nodes), reader.invocation, reader.dialect)
    yield from reader.declarations()


class _Reader:
    def __init__(self, view: FileView) -> None:
        self._source = view.source
        self.package = ""
        self.invocation = ""
        self.nodes: list[DbtNode] = []
        self.dialect = ""
        self._tables: dict[str, Table] = {}
        self._groups: dict[str, str] = {}
        """The group of each model that has one, by the model's identity."""
        self._owners: dict[str, str] = {}
        """The owner of each group, by its name."""
        self._promises: dict[str, list[Promise]] = {}
        self._types: dict[str, str] = {}

    def read(self) -> bool:
        """Read all of the file; False where it is none of dbt's."""
        artifact = Artifact(self._source)
        is_ours = has_nodes = False
        for name, _ in artifact.members():
            if name == "metadata":
                is_ours = self._metadata(object_of(artifact.value()))
                if not is_ours:
                    return False
            elif name in ("nodes", "sources", "groups"):
                has_nodes = has_nodes or name == "nodes"
                read = {"nodes": self._node, "sources": self._source_table, "groups": self._group}[name]
                for identity, span in artifact.members():
                    found = artifact.value()
                    if isinstance(found, dict):
                        read(identity, found, span)
        artifact.end()
        return is_ours and has_nodes

    def _metadata(self, metadata: Object) -> bool:
        found = version_of(metadata)
        if found is None or found[0] != "manifest":
            return False
        if found[1] not in _KNOWN:
            raise NotAnalysable(
                f"is of the schema version v{found[1]} of dbt's manifest, which is not known", code="version"
            )
        self.package = text_in(metadata, "project_name") or ""
        self.invocation = text_in(metadata, "invocation_id") or ""
        self.dialect = _DIALECTS.get(text_in(metadata, "adapter_type") or "", "")
        return True

    def declarations(self) -> Iterator[Declaration]:
        for identity, table in self._tables.items():
            owner = self._owners.get(self._groups.get(identity, ""))
            said = with_promises(table, self._promises.get(identity, ()))
            if owner is not None and said.owner is None:
                said = replace(said, owner=owner)
            yield Declaration(replace(said, dialect=self.dialect), Origin.DBT)

    # Nodes

    def _node(self, identity: str, node: Object, span: Span) -> None:
        kind = text_in(node, "resource_type")
        if kind == "test":
            self._test(node, span)
        elif kind in _KINDS:
            self._model(identity, kind, node, locate(self._source, span))

    def _model(self, identity: str, kind: str, node: Object, place: Location) -> None:
        called = text_in(node, "name")
        if called is None:
            return
        version = _version(node, "version")
        name = f"{called}_v{version}" if version else called
        path = (text_in(node, "original_file_path") or "").replace("\\", "/")
        config = object_of(node.get("config"))
        relation = None if config.get("materialized") == "ephemeral" else _relation(node, "alias", name)
        aliases = [Alias(relation)] if relation is not None else []
        if version and version == _version(node, "latest_version"):
            aliases.append(Alias(TableName((called,)), UNPLACED))
        role = role_of(path, name) if kind == "model" else "olap"
        table = table_of(name, kind, place, role=role, aliases=tuple(aliases))
        settings = {
            name: Setting(value, place) for name, value in config.items() if name in NAMES and value is not None
        }
        if kind != "model":
            settings.pop("materialized", None)
        settings |= {name: Setting(node[name], place) for name in ("tags", "meta") if node.get(name)}
        contract = object_of(node.get("contract")).get("enforced") or object_of(config.get("contract")).get("enforced")
        table = self._described(table, node, place, identity, is_enforced=contract is True)
        if kind == "seed":
            table = self._typed(table, config.get("column_types"), place)
        self._tables[identity] = with_settings(table, settings)
        group = text_in(node, "group") or text_in(config, "group")
        if group is not None:
            self._groups[identity] = group
        reads = names_in(object_of(node.get("depends_on")).get("nodes"))
        package = text_in(node, "package_name") or ""
        self.nodes.append(DbtNode(identity, name, kind, path, package, _digest(node), reads, relation))

    def _source_table(self, identity: str, node: Object, span: Span) -> None:
        name, source = text_in(node, "name"), text_in(node, "source_name")
        relation = _relation(node, "identifier", name)
        if name is None or source is None or relation is None:
            return
        place = locate(self._source, span)
        aliases = (Alias(TableName((source, name)), UNPLACED),)
        kind = "external" if node.get("external") else "table"
        table = Table(relation, complete=False, kind=kind, location=place, aliases=aliases)
        config = object_of(node.get("config"))
        meta: dict[str, object] = {}
        for said in (node.get("source_meta"), config.get("meta"), node.get("meta")):
            meta.update(object_of(said))
        settings = {"meta": Setting(meta, place), "tags": Setting(node.get("tags"), place)}
        table = self._described(table, node, place, identity, is_enforced=False)
        self._tables[identity] = with_settings(table, settings)

    def _group(self, _: str, group: Object, span: Span) -> None:  # noqa: ARG002
        name = text_in(group, "name")
        owner = owner_in({"owner": group.get("owner")})
        if name is not None and owner is not None:
            self._owners[name] = owner

    # What they have in common

    def _described(self, table: Table, node: Object, place: Location, identity: str, *, is_enforced: bool) -> Table:
        columns: dict[str, Column] = {}
        constraints = list(_constraints(node, (), place)) if is_enforced else []
        for said in object_of(node.get("columns")).values():
            column = self._column(object_of(said), place)
            if column is not None:
                columns[column.name.lower()] = column
                if is_enforced:
                    constraints += _constraints(object_of(said), (column.name,), place)
        if constraints:
            self._promises.setdefault(identity, []).append(constrained(constraints))
        return replace(
            table, columns=columns, comment=text_in(node, "description"), complete=is_enforced and bool(columns)
        )

    def _column(self, said: Object, place: Location) -> Column | None:
        name = text_in(said, "name")
        if name is None:
            return None
        config = object_of(said.get("config"))
        meta: dict[object, object] = {}
        for known in (config, said):
            meta.update(object_of(known.get("meta")))
        tags = (*names_in(said.get("tags")), *names_in(config.get("tags")), *names_in(said.get("policy_tags")))
        kind = type_in(said, "data_type")
        return Column(
            name,
            self._types.setdefault(kind, kind) if kind is not None else None,
            comment=text_in(said, "description"),
            location=place,
            quoted=said.get("quote") is True,
            classification=classification_in(meta, tags) if meta or tags else None,
            tags=tuple(dict.fromkeys(tags)),
        )

    def _typed(self, table: Table, types: object, place: Location) -> Table:
        columns = dict(table.columns)
        said = object_of(types)
        for name in said:
            kind = type_in(said, name)
            if kind is not None and name.strip():
                before = columns.get(name.lower()) or Column(name, location=place)
                columns[name.lower()] = replace(before, type=before.type or kind)
        return replace(table, columns=columns)

    def _test(self, node: Object, span: Span) -> None:
        metadata = object_of(node.get("test_metadata"))
        name = text_in(metadata, "name")
        if name is None:
            return
        arguments = dict(object_of(metadata.get("kwargs")))
        config = object_of(node.get("config"))
        for setting in ("severity", "where", "limit", "error_if", "enabled"):
            if setting in config:
                arguments[setting] = config[setting]
        if arguments.get("error_if") in _FAILS_ALWAYS:
            del arguments["error_if"]
        space = text_in(metadata, "namespace")
        attached = text_in(node, "attached_node") or _tested(node, arguments)
        if attached is None or attached.split(".")[0] not in (*_KINDS, "source"):
            return
        place = locate(self._source, span)
        promise = promise_of(Test(f"{space}.{name}" if space else name, arguments, place, text_in(node, "column_name")))
        if promise.keys or promise.not_null:
            self._promises.setdefault(attached, []).append(promise)


def _tested(node: Object, arguments: Mapping[str, object]) -> str | None:
    """Give the node that a test of an old manifest, which does not name it, looks at."""
    nodes = names_in(object_of(node.get("depends_on")).get("nodes"))
    if len(nodes) == 1:
        return nodes[0]
    model = arguments.get("model")
    called = references(model) if isinstance(model, str) else ()
    wanted = ".".join(called[0].names) if len(called) == 1 else ""
    found = [one for one in nodes if wanted and one.endswith(f".{wanted}")]
    return found[0] if len(found) == 1 else None


def _constraints(said: Object, columns: tuple[str, ...], place: Location) -> Iterator[Constraint]:
    listed = said.get("constraints")
    for item in listed if isinstance(listed, list) else ():
        one = object_of(item)
        kind = text_in(one, "type")
        if kind is not None:
            yield Constraint(kind, names_in(one.get("columns")) or columns, one, place)


def _relation(node: Object, member: str, name: str | None) -> TableName | None:
    """Give the name that a node has in the database; None where only its last part is known."""
    last = text_in(node, member) or name
    parts = [text_in(node, "database"), text_in(node, "schema"), last]
    known = tuple(part for part in parts if part is not None)
    return TableName(known) if last is not None and len(known) > 1 else None


def _version(node: Object, name: str) -> str:
    value = node.get(name)
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return str(value) if is_number else text_in(node, name) or ""


def _digest(node: Object) -> str:
    """Give the digest of a model's text, as that of the file is taken."""
    text = node.get("raw_code", node.get("raw_sql"))
    if isinstance(text, str) and text.strip() and text.strip() != _PLACEHOLDER:
        return digest_of(text)
    return text_in(object_of(node.get("checksum")), "checksum") or ""
