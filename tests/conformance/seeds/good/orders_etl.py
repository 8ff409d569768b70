"""Daily ETL of the orders."""

from datetime import datetime, timedelta

from airflow import DAG
from airflow.operators.python import PythonOperator
from shop import fetch_orders, load_to_warehouse

default_args = {
    "owner": "data-team",
    "retries": 3,
    "retry_delay": timedelta(minutes=5),
    "email_on_failure": True,
    "email": ["alerts@shop.example"],
}

dag = DAG(
    "orders_etl",
    default_args=default_args,
    description="Daily ETL of the orders",
    schedule="0 2 * * *",
    start_date=datetime(2024, 1, 1),
    catchup=False,
    tags=["etl", "orders"],
)


def load_orders(**context):
    load_to_warehouse(fetch_orders(context["ds"]))


load_task = PythonOperator(task_id="load_orders", python_callable=load_orders, dag=dag)
