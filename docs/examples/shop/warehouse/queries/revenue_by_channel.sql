-- Revenue and basket a channel, for the Monday meeting.
select
  o.channel_id,
  count(*) as orders,
  sum(o.total) as revenue,
  avg(o.total) as basket
from sales.fact_orders as o
where o.status = 'paid'
group by o.channel_id
order by revenue desc;
