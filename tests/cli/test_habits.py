"""A habit of the project is one finding of a run, whichever files it is asked of, and with the cache as without."""

from __future__ import annotations

from pathlib import Path


def test_a_project_without_filters_is_told_once_and_each_table_where_some_have_one(project: Path, cli) -> None:
    (project / "leaktight.yaml").write_text("select: [partition-filter-not-required]\ndialect: bigquery\n")

    def table(number: int, options: str = "") -> None:
        sql = f"create table sales.t{number} (id int64, day date) partition by day{options};\n"
        (project / f"t{number}.sql").write_text(sql)

    def told(*paths: str) -> list[str]:
        lines = (
            cli("check", "--output-format", "concise", "-q", "--fail-level", "note", *paths)
            .stdout.decode()
            .splitlines()
        )
        return [line for line in lines if "partition-filter-not-required" in line]

    for number in range(4):
        table(number)
    (found,) = told()
    assert found.startswith("t0.sql")
    assert "the same is so at 3 more places" in found
    (found,) = told("t2.sql", "t3.sql")
    assert found.startswith("t2.sql")
    assert "the same is so at 1 more place" in found
    table(4, " options (require_partition_filter = true)")
    assert len(told()) == 1
    table(3, " options (require_partition_filter = true)")
    assert [line.partition(":")[0] for line in told()] == ["t0.sql", "t1.sql", "t2.sql"]


def test_the_fix_of_a_habit_is_made_at_all_its_places(project: Path, cli) -> None:
    (project / "leaktight.yaml").write_text("select: [removed-schedule-interval]\n")
    dags = [project / f"dag{number}.py" for number in range(3)]
    for dag in dags:
        dag.write_text(
            f'from airflow import DAG\n\ndag = DAG("{dag.stem}", schedule_interval="@daily", catchup=False)\n'
        )
    told = cli("check", "--output-format", "concise").stdout.decode()
    assert told.count("removed-schedule-interval") == 1
    assert "3 fixable with --fix" in told
    assert cli("check", "--fix", "-q").stdout == b""
    assert ["schedule=" in dag.read_text() for dag in dags] == [True] * 3
