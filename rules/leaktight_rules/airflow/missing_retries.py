"""Tasks that fail for good at the first hiccup."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from leaktight import Bad, Category, Dag, DagRule, Finding, Fix, Good, Related, Setting, Severity, Task, option


class MissingRetries(DagRule):
    """A task without retries fails for good at the first dropped connection.

    Databases fail over, APIs answer 503, workers are evicted: a pipeline that runs every night meets one of these every
    few weeks. Airflow does not retry unless it is told to, so each of them is a failed run and somebody's night.
    `default_args={"retries": 2, "retry_delay": timedelta(minutes=5)}` covers every task of a DAG. Retry only what may run
    twice: where it may not, `retries=0` says that it was thought about, and the rule is silent.

    Tasks that touch nothing outside (`EmptyOperator`, branches, short circuits, sensors, which poke again anyway, and
    triggers of other DAGs) need none. Where some tasks of a DAG are retried, `@task` functions that are not are left alone:
    many only compute what the others take. A DAG with `schedule=None` is started by hand, and somebody looks at it: the rule asks
    for retries there only where the same file triggers it (`TriggerDagRunOperator`). It is silent too where
    default arguments come from a place that it cannot see.
    """

    name = "missing-retries"
    category = Category.AIRFLOW
    severity = Severity.WARNING
    examples = (
        Bad(
            """
            from airflow import DAG
            from airflow.operators.bash import BashOperator

            with DAG("orders", schedule="@daily", default_args={"owner": "data"}) as dag:
                 ^^^ no task of `orders` is retried
                load = BashOperator(task_id="load", bash_command="load.sh")
            """,
            language="python",
        ),
        Bad(
            """
            from airflow import DAG
            from airflow.operators.python import PythonOperator

            dag = DAG("orders", schedule="@daily")
            extract = PythonOperator(task_id="extract", python_callable=run, retries=2, dag=dag)
            load = PythonOperator(task_id="load", python_callable=run, dag=dag)
                   ^^^^^^^^^^^^^^ task `load` is not retried
            """,
            language="python",
        ),
        Bad(
            """
            from airflow.decorators import dag, task

            @task
            def load():
                ...

            @dag(schedule="@daily")
             ^^^ no task of `orders` is retried
            def orders():
                load()
            """,
            language="python",
        ),
        Good(
            """
            from airflow.decorators import dag, task, task_group

            @task(retries=3)
            def load(table):
                ...

            @task_group
            def staging():
                load("orders")
                load("items")

            @dag(schedule="@daily")
            def orders():
                staging()
            """,
            language="python",
            note="A task group is no task: what it calls is retried.",
        ),
        Good(
            """
            from airflow import DAG
            from airflow.operators.bash import BashOperator

            base = {"owner": "data", "retries": 3}
            with DAG("orders", schedule="@daily", default_args={**base, "email": "data@example.com"}) as dag:
                load = BashOperator(task_id="load", bash_command="load.sh")
            """,
            language="python",
        ),
        Good(
            """
            from airflow import DAG
            from airflow.operators.bash import BashOperator

            default_args = {"owner": "data"}
            default_args["retries"] = 3
            with DAG("orders", schedule="@daily", default_args=default_args) as dag:
                load = BashOperator(task_id="load", bash_command="load.sh")
            """,
            language="python",
        ),
        Good(
            """
            from airflow import DAG
            from airflow.operators.bash import BashOperator
            from shop.defaults import default_args

            with DAG("orders", schedule="@daily", default_args=default_args) as dag:
                load = BashOperator(task_id="load", bash_command="load.sh")
            """,
            language="python",
            note="The defaults stand elsewhere.",
        ),
        Good(
            """
            from airflow import DAG
            from airflow.operators.bash import BashOperator

            with DAG("orders", schedule="@daily", default_args={"retries": 0}) as dag:
                load = BashOperator(task_id="pay", bash_command="pay.sh")
            """,
            language="python",
            note="Said, and meant.",
        ),
        Good(
            """
            from airflow import DAG
            from airflow.operators.bash import BashOperator

            with DAG("backfill_orders", schedule=None) as dag:
                load = BashOperator(task_id="load", bash_command="load.sh")
            """,
            language="python",
            note="Who starts it looks at it.",
        ),
        Bad(
            """
            from airflow import DAG
            from airflow.operators.bash import BashOperator
            from airflow.operators.trigger_dagrun import TriggerDagRunOperator

            with DAG("orders", schedule="@daily") as dag:
                more = TriggerDagRunOperator(task_id="more", trigger_dag_id="items")

            with DAG("items", schedule=None) as items:
                 ^^^ no task of `items` is retried
                load = BashOperator(task_id="load", bash_command="load.sh")
            """,
            language="python",
        ),
        Good(
            """
            from airflow import DAG
            from airflow.operators.empty import EmptyOperator

            with DAG("orders", schedule="@daily") as dag:
                start = EmptyOperator(task_id="start")
            """,
            language="python",
        ),
        Good(
            """
            from airflow import DAG
            from airflow.operators.bash import BashOperator

            with DAG("orders", schedule="@daily") as dag:
                load = BashOperator(task_id="load", bash_command="load.sh")
            """,
            language="python",
            options={"needless": ["EmptyOperator", "BashOperator"]},
        ),
    )

    needless: tuple[str, ...] = option(
        (
            "EmptyOperator",
            "DummyOperator",
            "BranchPythonOperator",
            "ShortCircuitOperator",
            "LatestOnlyOperator",
            "TriggerDagRunOperator",
            "BranchDayOfWeekOperator",
            "BranchDateTimeOperator",
            "SubDagOperator",
        ),
        "Operators that need no retries.",
    )

    def check(self, dag: Dag) -> Iterator[Finding]:
        """Yield the DAG when none of its tasks is retried, else the first task that is not, with the others."""
        if not dag.complete or "retries" in dag.default_args or _is_started_by_hand(dag):
            return
        tasks = [task for task in dag.tasks if self._needs(task)]
        bare = [task for task in tasks if task.complete and not _retries(task.settings, task)]
        if not bare:
            return
        fix = Fix.hint('add `"retries": 2` and `"retry_delay": timedelta(minutes=5)` to `default_args`')
        if len(bare) == len(tasks):
            shown = bare[:3]
            related = tuple(Related(task.span, f"task `{task.task_id or task.operator}`") for task in shown)
            name = f" of `{dag.dag_id}`" if dag.dag_id else " of this DAG"
            yield Finding(
                dag.span, f"no task{name} is retried: neither `default_args` nor a task sets `retries`", related, fix
            )
            return
        named = [task for task in bare if task.operator != "@task"]
        if named:
            first, *others = named
            related = tuple(Related(task.span, f"task `{task.task_id or task.operator}`") for task in others[:3])
            more = f", nor {'is one more' if len(others) == 1 else f'are {len(others)} more'}" if others else ""
            message = f"task `{first.task_id or first.operator}` is not retried, as others of its DAG are{more}"
            yield Finding(first.span, message, related, fix)

    def _needs(self, task: Task) -> bool:
        return task.operator not in self.needless and not task.operator.endswith(("Sensor", "SensorAsync"))


def _is_started_by_hand(dag: Dag) -> bool:
    """Say whether nothing but a person starts a DAG, as far as its file shows."""
    given = [dag.settings.get(name) for name in ("schedule", "schedule_interval")]
    if not any(isinstance(one.value, ast.Constant) and one.value.value is None for one in given if one is not None):
        return False
    document = dag.document
    triggers = (call for call in document.find(ast.Call) if document.callee_name(call) == "TriggerDagRunOperator")
    started = (document.argument(call, None, "trigger_dag_id") for call in triggers)
    return all(one is None or document.literal(one) != dag.dag_id for one in started)


def _retries(settings: Mapping[str, Setting], task: Task) -> bool:
    return "retries" in settings or "default_args" in task.settings
