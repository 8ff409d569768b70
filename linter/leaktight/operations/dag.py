"""An Airflow DAG with its tasks, as its file declares it."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import field

from leaktight.languages.python.document import PythonDocument
from leaktight.lazy import record
from leaktight.operations.project import Project
from leaktight.text import Span


@record(frozen=True, slots=True, eq=False)
class Setting:
    """A keyword argument in force: where it is given (a call, `default_args`), and its value's node."""

    name: Span
    value: ast.expr
    origin: str
    """`task`, `dag`, `default_args`."""


@record(frozen=True, slots=True, eq=False)
class Task:
    """A task: an operator call, a `@task` function, a sensor. `span` points at its operator's or function's name."""

    task_id: str
    operator: str
    span: Span
    settings: Mapping[str, Setting] = field(default_factory=dict)
    complete: bool = True
    """Whether every setting is known; False when `**unknown` may add more."""


@record(frozen=True, slots=True, eq=False)
class Dag:
    """A DAG. `span` points at the word `DAG` or at the decorator's name; `settings` are its own keyword arguments."""

    document: PythonDocument
    span: Span
    dag_id: str
    project: Project
    settings: Mapping[str, Setting] = field(default_factory=dict)
    default_args: Mapping[str, Setting] = field(default_factory=dict)
    complete: bool = True
    """Whether all settings and default arguments are known; False when an imported or computed mapping may add more."""
    tasks: tuple[Task, ...] = ()
    airflow: tuple[int, ...] | None = None
    """The version of Airflow as the imports of the file or the project tell it."""
