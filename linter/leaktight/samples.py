"""Harmless sources in which a little of much stands, for getting a process ready before it forks."""

from __future__ import annotations

from leaktight.source import Language

_SAMPLE = """
create table a.orders (id int not null primary key, client int, total numeric(12, 2), placed timestamptz, note text);
create table a.totals as with o as (select id, client, total from a.orders where placed > '2024-01-01')
select c.id, sum(o.total) as total from o join a.clients as c on c.id = o.client where c.name like 'x%' group by c.id;
insert into a.totals (id, total) select id, total from a.orders where id in (select id from a.open) on conflict do nothing;
update a.orders set total = 0 where id = 1;
delete from a.orders where id = 1;
"""
SAMPLES = {
    Language.SQL: _SAMPLE,
    Language.PYTHON: f"""import psycopg2
from airflow import DAG
with DAG("a", schedule="@daily") as dag:
    cursor.execute({_SAMPLE!r}, (1,))
    frame.to_sql("a", engine, if_exists="append")
""",
}
"""SQL with a little of much."""
