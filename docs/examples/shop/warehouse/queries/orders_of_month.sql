-- Orders of one month, day by day. Parameter: month, as 2025-06.
select
  date(o.created_at) as day,
  count(*) as orders,
  sum(o.total) as revenue
from sales.fact_orders as o
where format_timestamp('%Y-%m', o.created_at) = @month
group by day
order by day;
