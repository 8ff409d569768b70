"""The tasks of Airflow's DAGs, those of task groups among them."""

from __future__ import annotations

from textwrap import dedent

import pytest

from leaktight.operations.dag import Dag
from leaktight.operations.file import FileView
from leaktight.operations.project import Project
from leaktight.source import Language, Source

_HEAD = """
from airflow.decorators import dag, task, task_group
from airflow.operators.bash import BashOperator
from airflow.utils.task_group import TaskGroup

@task(retries=3)
def pull():
    pass

@task.virtualenv
def push():
    pass
"""


def only(code: str) -> Dag:
    (found,) = FileView(Source("dags/orders.py", _HEAD + dedent(code), Language.PYTHON), Project()).dags
    return found


def tasks(code: str) -> list[tuple[str, bool]]:
    return [(task.task_id, task.complete) for task in only(code).tasks]


def test_a_task_decorator_and_its_variants() -> None:
    code = "@dag(schedule='@daily')\ndef flow():\n    pull()\n    push()\n"
    assert tasks(code) == [("pull", True), ("push", True)]
    assert [sorted(task.settings) for task in only(code).tasks] == [["retries"], []]


@pytest.mark.parametrize(
    ("group", "wanted"),
    [
        ("@task_group\ndef group():\n    pull()\n", [("pull", True)]),
        ("@task_group()\ndef group():\n    pull()\n    BashOperator(task_id='b')\n", [("pull", True), ("b", True)]),
        ("@task_group\ndef group():\n    pass\n", []),
        ("@task_group(default_args={'retries': 1})\ndef group():\n    push()\n", [("push", False)]),
        ("@task_group\ndef inner():\n    push()\n@task_group(default_args=ARGS)\ndef group():\n    inner()\n", [("push", False)]),
        ("@task_group\ndef group():\n    pull()\n    group()\n", [("pull", True)]),
        ("def group():\n    pull()\n", []),
    ],
)  # fmt: skip
def test_a_call_of_a_task_group_goes_on_with_its_tasks(group: str, wanted: list[tuple[str, bool]]) -> None:
    assert tasks(f"{group}@dag(schedule='@daily')\ndef flow():\n    group()\n") == wanted


def test_a_task_group_is_read_once() -> None:
    code = "@task_group\ndef group():\n    pull()\n@dag(schedule='@daily')\ndef flow():\n    group()\n    group()\n"
    assert tasks(code) == [("pull", True)]
    nested = "@dag(schedule='@daily')\ndef flow():\n    @task_group\n    def group():\n        pull()\n    group()\n"
    assert tasks(nested) == [("pull", True)]


def test_a_group_in_a_with_block_gives_defaults_to_decorated_tasks_too() -> None:
    code = "@dag(schedule='@daily')\ndef flow():\n    with TaskGroup('g'{}):\n        push()\n"
    assert tasks(code.format("")) == [("push", True)]
    assert tasks(code.format(", default_args=ARGS")) == [("push", False)]
