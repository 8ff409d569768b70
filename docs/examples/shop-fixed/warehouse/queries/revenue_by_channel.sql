-- Revenue and basket a channel, for the Monday meeting.
select
  o.channel_id,
  count(*) as orders,
  sum(o.total) as revenue,
  avg(o.total) as basket
from sales.fact_orders as o
where o.status = 'paid'
  and o.created_at >= @from_time
  and o.created_at < @to_time
group by o.channel_id
order by revenue desc;
