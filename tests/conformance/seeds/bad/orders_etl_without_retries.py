"""Daily ETL of the orders; a failed task fails the run."""

from datetime import datetime

from airflow import DAG
from airflow.operators.python import PythonOperator
from shop import fetch_orders, load_to_warehouse

default_args = {
    "owner": "data-team",
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


def extract_orders(**context):
    orders = fetch_orders(context["ds"])
    context["task_instance"].xcom_push(key="orders", value=orders)


def load_orders(**context):
    orders = context["task_instance"].xcom_pull(key="orders", task_ids="extract_orders")
    load_to_warehouse(orders)


extract_task = PythonOperator(task_id="extract_orders", python_callable=extract_orders, dag=dag)
load_task = PythonOperator(task_id="load_orders", python_callable=load_orders, dag=dag)

extract_task >> load_task
