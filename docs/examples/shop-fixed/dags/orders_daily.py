"""Each night: load the day's orders into the warehouse, check them, then build the marts."""

from datetime import UTC, datetime, timedelta

from airflow.providers.common.sql.operators.sql import SQLCheckOperator, SQLExecuteQueryOperator
from airflow.providers.slack.notifications.slack import send_slack_notification
from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG
from airflow.timetables.interval import CronDataIntervalTimetable

LOAD_ORDERS = """
    merge into sales.fact_orders as t
    using (
      select r.order_id, r.customer_id, r.channel_id, r.campaign, r.status, r.total_cents, r.created_at
      from shop_raw.raw_orders as r
      where date(r.created_at) = '{{ ds }}'
    ) as d
      on t.order_id = d.order_id
      and date(t.created_at) = '{{ ds }}'
    when matched then update set
      customer_id = d.customer_id,
      status = d.status,
      total = d.total_cents / 100
    when not matched then insert (order_id, customer_id, channel_id, campaign, status, total, created_at)
      values (d.order_id, d.customer_id, d.channel_id, d.campaign, d.status, d.total_cents / 100, d.created_at)
"""

CHECK_ORDERS = """
    select
      count(*) > 0,
      count(*) = count(distinct o.order_id),
      countif(o.total < 0) = 0
    from sales.fact_orders as o
    where date(o.created_at) = '{{ ds }}'
"""

default_args = {
    "owner": "data-team",
    "retries": 3,
    "retry_delay": timedelta(minutes=5),
    "execution_timeout": timedelta(hours=1),
    "on_failure_callback": send_slack_notification(
        slack_conn_id="slack",
        channel="#data-alerts",
        text="{{ dag.dag_id }}.{{ ti.task_id }} failed for {{ ds }}",
    ),
}

with DAG(
    "orders_daily",
    default_args=default_args,
    schedule=CronDataIntervalTimetable("0 2 * * *", timezone="UTC"),
    start_date=datetime(2025, 1, 1, tzinfo=UTC),
    catchup=False,
    max_active_runs=1,
    doc_md=__doc__,
    tags=["orders"],
) as dag:
    load_orders = SQLExecuteQueryOperator(
        task_id="load_orders",
        conn_id="warehouse",
        sql=LOAD_ORDERS,
    )

    check_orders = SQLCheckOperator(
        task_id="check_orders",
        conn_id="warehouse",
        sql=CHECK_ORDERS,
    )

    build_marts = BashOperator(
        task_id="build_marts",
        bash_command="dbt build --project-dir /opt/shop/dbt --vars '{from_date: {{ ds }}}'",
    )

    load_orders >> check_orders >> build_marts
