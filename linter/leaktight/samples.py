"""Harmless sources in which a little of much stands, for getting a process ready before it forks.

They show no dialect, so that the one is loaded that the files are written in.
"""

from __future__ import annotations

from leaktight.source import Language

_SAMPLE = """
create table a.orders (id int not null primary key, client int, total numeric(12, 2), placed timestamp, note varchar(9));
create table a.totals as with o as (select id, client, total from a.orders where placed > '2024-01-01')
select c.id, sum(o.total) as total from o join a.clients as c on c.id = o.client where c.name like 'x%' group by c.id;
insert into a.totals (id, total) select id, total from a.orders where id in (select id from a.open);
update a.orders set total = 0 where id = 1;
delete from a.orders where id = 1;
create view a.all_orders as select * from a.orders;
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
