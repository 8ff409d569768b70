-- Orders of one month, day by day. Parameters: where the month starts, and the next one.
select
  date(o.created_at) as day,
  count(*) as orders,
  sum(o.total) as revenue
from sales.fact_orders as o
where o.created_at >= @month_start
  and o.created_at < @next_month_start
group by day
order by day;
