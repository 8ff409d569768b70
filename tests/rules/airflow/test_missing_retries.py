"""Doubtful cases of `missing-retries`: default arguments that are added to after they are written down."""

from __future__ import annotations

import pytest

from leaktight.testing import run
from leaktight_rules.airflow.missing_retries import MissingRetries

HEAD = """
from airflow import DAG
from airflow.operators.bash import BashOperator

default_args = {"owner": "data"}
"""
DAG = """
with DAG("orders", schedule="@daily", default_args=default_args) as dag:
    load = BashOperator(task_id="load", bash_command="load.sh")
"""


def findings(code: str) -> int:
    report = run(MissingRetries(), {"dags/a.py": code}, reported="dags/a.py")
    assert not report.internal_errors
    return len(report.diagnostics)


@pytest.mark.parametrize(
    ("set_", "unset"),
    [
        ('default_args["retries"] = 3', 'default_args["email"] = "data@example.com"'),
        ("default_args.update(retries=3)", 'default_args.update(email="data@example.com")'),
        ('default_args.update({"retries": 3})', 'default_args.update({"email": "data@example.com"})'),
        ("default_args.update(shared())", "print(default_args)"),
        ('default_args |= {"retries": 3}', 'other = {"owner": "me"}\nother["retries"] = 3'),
        ('if PROD:\n    default_args["retries"] = 3', 'if PROD:\n    default_args["email"] = "x"'),
        ('default_args.setdefault("retries", 3)', 'default_args.get("retries", 3)'),
        ("default_args[key] = 3", "value = default_args[key]"),
        ("configure(default_args)", "print(default_args)"),
        (
            'def configure():\n    default_args["retries"] = 3\nconfigure()',
            'def configure():\n    default_args = {}\n    default_args["retries"] = 3\nconfigure()',
        ),
        (
            'base = {"owner": "x"}\nbase["retries"] = 3\ndefault_args = {**base}',
            'base = {"owner": "x"}\ndefault_args = {**base}\nbase["retries"] = 3',
        ),
    ],
)
def test_what_is_put_into_default_arguments(set_: str, unset: str) -> None:
    assert findings(f"{HEAD}{set_}\n{DAG}") == 0
    assert findings(f"{HEAD}{unset}\n{DAG}") == 1


def test_what_is_put_in_after_the_dag_is_made_comes_too_late() -> None:
    assert findings(f'{HEAD}{DAG}\ndefault_args["retries"] = 3\n') == 1


def test_mappings_that_are_made_of_one_another() -> None:
    code = """
def one():
    default_args.update(base)

def two():
    base.update(default_args)

base = {"owner": "x"}
"""
    assert findings(f"{HEAD}{code}{DAG}") == 0


@pytest.mark.parametrize(("count", "more"), [(1, ""), (2, ", nor is one more"), (6, ", nor are 5 more")])
def test_tasks_without_retries_are_told_once(count: int, more: str) -> None:
    tasks = "".join(f"    t{n} = BashOperator(task_id='t{n}', bash_command='x')\n" for n in range(count))
    code = (
        "from airflow import DAG\nfrom airflow.operators.bash import BashOperator\n"
        f"with DAG('d') as dag:\n    r = BashOperator(task_id='r', bash_command='x', retries=3)\n{tasks}"
    )
    (found,) = run(MissingRetries(), {"dags/d.py": code}, reported="dags/d.py").diagnostics
    assert found.message == f"task `t0` is not retried, as others of its DAG are{more}"
    assert len(found.related) == min(count - 1, 3)


@pytest.mark.parametrize(
    ("arguments", "count"),
    [
        ("schedule=None", 0),
        ("schedule_interval=None", 0),
        ("schedule='@daily'", 1),
        ("schedule=None if TEST else '@daily'", 1),
        ("catchup=False", 1),
    ],
)
def test_a_dag_that_somebody_starts_is_looked_at(arguments: str, count: int) -> None:
    code = (
        "from airflow import DAG\nfrom airflow.operators.bash import BashOperator\n"
        f"with DAG('d', {arguments}) as dag:\n    a = BashOperator(task_id='a', bash_command='x')\n"
    )
    assert len(run(MissingRetries(), {"dags/d.py": code}, reported="dags/d.py").diagnostics) == count
