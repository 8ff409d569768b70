"""`schedule_interval=`, which Airflow 3 refuses."""

from __future__ import annotations

from collections.abc import Iterator

from leaktight import Applicability, Bad, Category, Dag, DagRule, Edit, Finding, Fix, Good, Severity


class RemovedScheduleInterval(DagRule):
    """Airflow 3 no longer knows `schedule_interval=` and `timetable=`: the DAG fails to load.

    Since Airflow 2.4 one argument, `schedule=`, takes what both took: a cron string, a `timedelta`, a timetable, assets.
    The old names were deprecated then and are gone in 3.0, where a DAG that still uses one is not imported and silently
    stops running. The fix renames the argument; the value stays.

    Where the project pins an Airflow older than 2.4 the rule is silent. Where it pins a later Airflow 2 it is a note: the DAG runs
    until the upgrade. Where it pins Airflow 3, or imports `airflow.sdk`, it is an error. Until then one finding speaks for all
    DAGs of the project; `--fix` mends them all.
    """

    name = "removed-schedule-interval"
    category = Category.AIRFLOW
    severity = Severity.WARNING
    fixable = Applicability.SAFE
    examples = (
        Bad(
            """
            from airflow import DAG

            dag = DAG("orders", schedule_interval="0 2 * * *", catchup=False)
                                ^^^^^^^^^^^^^^^^^ is gone in Airflow 3
            """,
            language="python",
            fixed="""
            from airflow import DAG

            dag = DAG("orders", schedule="0 2 * * *", catchup=False)
            """,
        ),
        Bad(
            """
            from airflow.decorators import dag
            from airflow.timetables.trigger import CronTriggerTimetable

            @dag(timetable=CronTriggerTimetable("@daily", timezone="UTC"))
                 ^^^^^^^^^ `timetable=` is gone
            def orders():
                pass
            """,
            language="python",
            fixed="""
            from airflow.decorators import dag
            from airflow.timetables.trigger import CronTriggerTimetable

            @dag(schedule=CronTriggerTimetable("@daily", timezone="UTC"))
            def orders():
                pass
            """,
        ),
        Bad(
            """
            from airflow.sdk import DAG

            with DAG("orders", schedule_interval=None):
                               ^^^^^^^^^^^^^^^^^ Airflow 3
                pass
            """,
            language="python",
            fixed="""
            from airflow.sdk import DAG

            with DAG("orders", schedule=None):
                pass
            """,
            note="An error: `airflow.sdk` is Airflow 3.",
        ),
        Good('from airflow import DAG\n\ndag = DAG("orders", schedule="@daily")', language="python"),
        Good(
            'from shop import DAG\n\ndag = DAG("orders", schedule_interval="@daily")',
            language="python",
            note="Not Airflow's.",
        ),
        Good(
            'from airflow import DAG\n\ndag = DAG("orders", schedule_interval="@daily")',
            language="python",
            files={"requirements.txt": "apache-airflow==2.2.5\n"},
            note="Airflow 2.2 knows no `schedule=`.",
        ),
    )

    def check(self, dag: Dag) -> Iterator[Finding]:
        """Yield each of the two arguments that a DAG is still given."""
        severity = None if dag.airflow is None else Severity.ERROR if dag.airflow >= (3,) else Severity.NOTE
        if dag.airflow is not None and dag.airflow < (2, 4):
            return
        for old in ("schedule_interval", "timetable"):
            setting = dag.settings.get(old)
            if setting is None or setting.origin != "dag":
                continue
            title = f"rename `{old}` to `schedule`"
            fix = Fix.safe(title, Edit(setting.name, "schedule"))
            yield Finding(
                setting.name,
                f"`{old}=` is gone in Airflow 3, which does not load this DAG: write `schedule=`",
                fix=fix if "schedule" not in dag.settings and not _both(dag) else Fix.hint(title),
                severity=severity,
                habit=severity is not Severity.ERROR,
            )


def _both(dag: Dag) -> bool:
    return "schedule_interval" in dag.settings and "timetable" in dag.settings
