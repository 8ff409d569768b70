"""Each night: load the day's orders into the warehouse, then build the marts."""

from datetime import datetime

from airflow import DAG
from airflow.operators.bash import BashOperator
from airflow.providers.common.sql.operators.sql import SQLExecuteQueryOperator

LOAD_ORDERS = """
    insert into sales.fact_orders
      (order_id, customer_id, channel_id, campaign, status, total, created_at)
    select
      r.order_id,
      r.customer_id,
      r.channel_id,
      r.campaign,
      r.status,
      r.total_cents / 100,
      r.created_at
    from shop_raw.raw_orders as r
    where date(r.created_at) = '{{ ds }}'
"""

default_args = {
    "owner": "data-team",
    "email": ["data@kettle-and-quill.example"],
}

with DAG(
    "orders_daily",
    default_args=default_args,
    schedule_interval="0 2 * * *",
    start_date=datetime(2025, 1, 1),
    tags=["orders"],
) as dag:
    load_orders = SQLExecuteQueryOperator(
        task_id="load_orders",
        conn_id="warehouse",
        sql=LOAD_ORDERS,
    )

    build_marts = BashOperator(
        task_id="build_marts",
        bash_command="dbt build --project-dir /opt/shop/dbt",
    )

    load_orders >> build_marts
