"""Finds the Airflow DAGs of a Python file, with their tasks and the settings in force."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cached_property

from leaktight.languages.python.document import PythonDocument
from leaktight.operations.dag import Dag, Setting, Task
from leaktight.operations.project import Project
from leaktight.text import Span

_DAG = frozenset(
    {
        "airflow.DAG",
        "airflow.models.DAG",
        "airflow.models.dag.DAG",
        "airflow.sdk.DAG",
        "airflow.sdk.definitions.dag.DAG",
    }
)
_DAG_DECORATOR = frozenset({"airflow.decorators.dag", "airflow.sdk.dag", "airflow.decorators.base.dag"})
_TASK_DECORATOR = ("airflow.decorators.task", "airflow.sdk.task")
_PRINTS = frozenset({"print", "pprint", "debug", "info", "update"})
"""Calls that only look at a mapping they are given."""
_READS = frozenset({"get", "items", "keys", "values", "copy"})
_TASK_VARIANTS = tuple(f"{name}." for name in _TASK_DECORATOR)
_GROUP_DECORATOR = frozenset(
    {"airflow.decorators.task_group", "airflow.decorators.task_group.task_group", "airflow.sdk.task_group"}
)
_Function = ast.FunctionDef | ast.AsyncFunctionDef
_OPERATOR_ENDINGS = ("Operator", "Sensor", "OperatorAsync", "SensorAsync", "Operation", "Transfer", "Decorator")


def airflow_dags(document: PythonDocument, project: Project) -> list[Dag]:
    """Give the DAGs that a Python file declares: `DAG(…)`, `with DAG(…)`, `@dag(…)`."""
    if not any(module == "airflow" or module.startswith("airflow.") for module in document.modules):
        return []
    reader = _Reader(document, project)
    return [*reader.constructed(), *reader.decorated()]


class _Reader:
    def __init__(self, document: PythonDocument, project: Project) -> None:
        self._document = document
        self._project = project
        self._airflow = _version(document, project)
        self._read: set[ast.Name] = set()
        self._touched: dict[str, list[tuple[ast.Subscript | ast.Call, ast.Name]]] = {}

    @cached_property
    def _functions(self) -> list[_Function]:
        found: list[_Function] = [*self._document.find(ast.FunctionDef)]
        return [*found, *self._document.find(ast.AsyncFunctionDef)]

    def constructed(self) -> Iterator[Dag]:
        calls = [
            call
            for call in self._document.find(ast.Call)
            if self._may_be(call.func, "DAG") and self._document.qualified_name(call.func) in _DAG
        ]
        for call in calls:
            tasks = tuple(self._tasks(call, alone=len(calls) == 1))
            yield self._dag(call, self._document.name_span(call), self._dag_id(call), tasks)

    def _may_be(self, path: ast.expr, last: str) -> bool:
        """Say at a glance whether a path may end in a name that airflow has."""
        if isinstance(path, ast.Attribute):
            return path.attr == last
        return isinstance(path, ast.Name) and self._document.imports.get(path.id, "").endswith(last)

    def decorated(self) -> Iterator[Dag]:
        for function in self._functions:
            for decorator in function.decorator_list:
                target = decorator.func if isinstance(decorator, ast.Call) else decorator
                if not self._may_be(target, "dag") or self._document.qualified_name(target) not in _DAG_DECORATOR:
                    continue
                call = decorator if isinstance(decorator, ast.Call) else None
                tasks = tuple(self._tasks_below(function))
                dag_id = (self._dag_id(call) if call is not None else "") or function.name
                yield self._dag(call, self._document.last_name_span(target), dag_id, tasks)

    def _dag(self, call: ast.Call | None, span: Span, dag_id: str, tasks: tuple[Task, ...]) -> Dag:
        settings, complete = self._keywords(call, "dag") if call is not None else ({}, True)
        default_args: Mapping[str, Setting] = {}
        given = settings.get("default_args")
        if given is not None:
            default_args, whole = self._mapping(given.value)
            complete = complete and whole
        return Dag(
            self._document, span, dag_id, self._project, settings, default_args, complete, tasks, self._airflow,
        )  # fmt: skip

    def _dag_id(self, call: ast.Call) -> str:
        node = self._document.argument(call, 0, "dag_id")
        value = self._document.literal(self._document.value_of(node, call)) if node is not None else None
        return value if isinstance(value, str) else ""

    # Tasks

    def _tasks(self, dag: ast.Call, *, alone: bool) -> Iterator[Task]:
        """Yield the tasks of a DAG call: those in its `with` block, and those that name it with `dag=`."""
        block = next(
            (node for node in self._document.ancestors(dag) if isinstance(node, (ast.With, ast.AsyncWith))), None
        )
        if block is not None and any(item.context_expr is dag for item in block.items):
            yield from self._tasks_below(block)
            return
        statement = self._document.statement_of(dag)
        names = {
            target.id
            for target in (statement.targets if isinstance(statement, ast.Assign) else ())
            if isinstance(target, ast.Name)
        }
        for call in self._document.find(ast.Call):
            given = self._document.keyword(call, "dag")
            named = isinstance(given.value, ast.Name) and given.value.id in names if given is not None else False
            if named or (alone and given is None and self._in_block_of(call, names)):
                task = self._task(call)
                if task is not None:
                    yield task

    def _in_block_of(self, call: ast.Call, names: set[str]) -> bool:
        for node in self._document.ancestors(call):
            if isinstance(node, (ast.With, ast.AsyncWith)) and any(
                isinstance(item.context_expr, ast.Name) and item.context_expr.id in names for item in node.items
            ):
                return True
        return False

    def _tasks_below(self, root: ast.AST, followed: set[ast.AST] | None = None) -> Iterator[Task]:
        """Yield the tasks that are made in a node, and in the task groups that it calls; each group is read once."""
        followed = {root} if followed is None else followed
        for call in self._document.find_in(root, ast.Call):
            task = self._task(call) or self._decorated_task(call)
            if task is not None:
                yield task
            group = self._called(call) if task is None else None
            if group is None or group in followed or not self._is_group(group):
                continue
            followed.add(group)
            if any(holder in followed for holder in self._document.ancestors(group)):
                # Its text was read with what it stands in.
                continue
            given = self._has_defaults(group)
            for inner in self._tasks_below(group, followed):
                yield replace(inner, complete=False) if given else inner

    def _task(self, call: ast.Call) -> Task | None:
        name = self._document.callee_name(call)
        if not name.endswith(_OPERATOR_ENDINGS) and name != "partial":
            return None
        task_id = self._document.keyword(call, "task_id")
        operator, span = name, self._document.name_span(call)
        if name == "partial":
            receiver = self._document.receiver(call)
            if receiver is None or task_id is None:
                return None
            operator = self._document.text_of(receiver).rsplit(".", 1)[-1]
            span = self._document.last_name_span(receiver)
        if task_id is None and not call.args:
            return None
        settings, complete = self._keywords(call, "task")
        if self._in_group_with_defaults(call):
            complete = False
        value = self._document.literal(task_id.value) if task_id is not None else None
        return Task(value if isinstance(value, str) else "", operator, span, settings, complete)

    def _decorated_task(self, call: ast.Call) -> Task | None:
        """Give the task that calling a `@task` function of the module makes."""
        function = self._called(call)
        if function is None:
            return None
        for decorator, name in self._decorators(function):
            if name in _TASK_DECORATOR or name.startswith(_TASK_VARIANTS):
                settings, complete = (
                    self._keywords(decorator, "task") if isinstance(decorator, ast.Call) else ({}, True)
                )
                complete = complete and not self._in_group_with_defaults(call)
                return Task(function.name, "@task", self._document.name_span(call), settings, complete)
        return None

    def _called(self, call: ast.Call) -> _Function | None:
        """Give the function of the module that a call by a plain name calls."""
        if not isinstance(call.func, ast.Name):
            return None
        function = self._document.module_functions.get(call.func.id)
        if function is None:
            function = next((nested for nested in self._functions if nested.name == call.func.id), None)
        return function

    def _decorators(self, function: _Function) -> Iterator[tuple[ast.expr, str]]:
        """Yield the decorators of a function with their qualified names."""
        for decorator in function.decorator_list:
            target = decorator.func if isinstance(decorator, ast.Call) else decorator
            yield decorator, self._document.qualified_name(target) or ""

    def _is_group(self, function: _Function) -> bool:
        return any(name in _GROUP_DECORATOR for _, name in self._decorators(function))

    def _has_defaults(self, function: _Function) -> bool:
        """Say whether a function is a task group that gives its tasks default arguments."""
        return any(
            name in _GROUP_DECORATOR
            and isinstance(decorator, ast.Call)
            and any(keyword.arg in ("default_args", None) for keyword in decorator.keywords)
            for decorator, name in self._decorators(function)
        )

    def _in_group_with_defaults(self, call: ast.Call) -> bool:
        for node in self._document.ancestors(call):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and self._has_defaults(node):
                return True
            if isinstance(node, (ast.With, ast.AsyncWith)):
                for item in node.items:
                    group = item.context_expr
                    if isinstance(group, ast.Call) and self._document.callee_name(group) == "TaskGroup":
                        return self._document.keyword(group, "default_args") is not None
        return False

    # Settings

    def _keywords(self, call: ast.Call, origin: str) -> tuple[dict[str, Setting], bool]:
        """Give the keyword arguments of a call, and whether those are all."""
        settings: dict[str, Setting] = {}
        complete = True
        for keyword in call.keywords:
            if keyword.arg is not None:
                settings[keyword.arg] = Setting(self._document.keyword_name_span(keyword), keyword.value, origin)
                continue
            more, whole = self._mapping(keyword.value)
            settings |= more
            complete = complete and whole
        return settings, complete

    def _mapping(self, node: ast.expr) -> tuple[dict[str, Setting], bool]:
        """Give the items of a mapping that is written out, directly or under a name, and whether those are all."""
        value = self._document.value_of(node)
        if isinstance(node, ast.Name) and not isinstance(value, ast.Name):
            settings, complete = self._mapping(value)
            more, whole = self._changes(node)
            return settings | more, complete and whole
        node = value
        settings = {}
        complete = True
        if isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                if key is None:
                    more, whole = self._mapping(value)
                    settings |= more
                    complete = complete and whole
                elif isinstance(key, ast.Constant) and isinstance(key.value, str):
                    settings[key.value] = Setting(self._document.span(key), value, "default_args")
                else:
                    complete = False
            return settings, complete
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
            left, left_whole = self._mapping(node.left)
            right, right_whole = self._mapping(node.right)
            return left | right, left_whole and right_whole
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "dict":
            for argument in node.args:
                more, whole = self._mapping(argument)
                settings |= more
                complete = complete and whole
            more, whole = self._keywords(node, "default_args")
            return settings | more, complete and whole
        return {}, False

    def _changes(self, name: ast.Name) -> tuple[dict[str, Setting], bool]:
        """Give what is put into a mapping above a use of its name, and whether that is all that may happen to it.

        `args["retries"] = 3`, `args.update(retries=3)`; a function that is handed the mapping may do anything to it.
        """
        settings: dict[str, Setting] = {}
        complete = True
        if name in self._read:
            return settings, False
        self._read.add(name)
        for node, held in self._touching(name.id):
            if not self._same_before(held, name):
                continue
            more, whole = self._change(node, held)
            settings |= more
            complete = complete and whole
        self._read.discard(name)
        return settings, complete

    def _touching(self, name: str) -> list[tuple[ast.Subscript | ast.Call, ast.Name]]:
        """Give what may change a mapping of a name, with the use of the name in it."""
        found = self._touched.get(name)
        if found is None:
            nodes: list[ast.Subscript | ast.Call] = [*self._document.find(ast.Subscript)]
            nodes += self._document.find(ast.Call)
            nodes.sort(key=self._document.index.number.__getitem__)
            found = self._touched[name] = [
                (node, held) for node in nodes if (held := self._held(node, name)) is not None
            ]
        return found

    def _held(self, node: ast.Subscript | ast.Call, name: str) -> ast.Name | None:
        """Give the mapping of a name that a node writes into, asks, or hands to a function for its effect alone."""
        if isinstance(node, ast.Subscript):
            holder: ast.expr | None = node.value if not isinstance(node.ctx, ast.Load) else None
        else:
            holder = self._document.receiver(node)
        if isinstance(holder, ast.Name) and holder.id == name:
            return holder
        if isinstance(node, ast.Subscript) or not isinstance(self._document.parent(node), ast.Expr):
            return None
        return next((given for given in node.args if isinstance(given, ast.Name) and given.id == name), None)

    def _same_before(self, held: ast.Name, name: ast.Name) -> bool:
        """Say whether two uses are of one variable, and the first may be made before the second."""
        scopes, number = self._document.scopes, self._document.index.number
        one, other = scopes.resolve(held.id, held), scopes.resolve(name.id, name)
        if one is None or other is None or one[0] is not other[0]:
            return False
        return number[held] < number[name] or scopes.scope_of(held) is not scopes.scope_of(name)

    def _change(self, node: ast.Subscript | ast.Call, held: ast.Name) -> tuple[dict[str, Setting], bool]:
        if isinstance(node, ast.Subscript):
            statement = self._document.parent(node)
            if isinstance(statement, ast.Assign) and isinstance(node.slice, ast.Constant):
                return {str(node.slice.value): self._put(node.slice, statement.value)}, True
            return {}, False
        method = self._document.callee_name(node)
        if self._document.receiver(node) is not held:
            return {}, method in _PRINTS
        if method == "update":
            settings, complete = self._keywords(node, "default_args")
            for given in node.args:
                more, whole = self._mapping(given)
                settings |= more
                complete = complete and whole
            return settings, complete
        if method == "setdefault" and len(node.args) == 2 and isinstance(node.args[0], ast.Constant):
            return {str(node.args[0].value): self._put(node.args[0], node.args[1])}, True
        return {}, method in _READS

    def _put(self, key: ast.expr, value: ast.expr) -> Setting:
        return Setting(self._document.span(key), value, "default_args")


def _version(document: PythonDocument, project: Project) -> tuple[int, ...] | None:
    """Give the version of Airflow: what the imports need, else what the project pins."""
    if any(module.startswith(("airflow.sdk", "airflow.providers.standard")) for module in document.modules):
        return (3, 0)
    return project.airflow
