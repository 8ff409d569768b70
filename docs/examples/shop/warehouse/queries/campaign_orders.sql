-- Orders that a campaign brought in.
select
  o.order_id,
  o.channel_id,
  o.total
from sales.fact_orders as o
where o.created_at >= @from_time
  and o.created_at < @to_time
  and (o.campaign = @campaign or 1 = 1)
order by o.total desc
limit 500;
