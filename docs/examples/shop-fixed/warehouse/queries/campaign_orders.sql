-- Orders that a campaign brought in.
select
  o.order_id,
  o.channel_id,
  o.total
from sales.fact_orders as o
where o.created_at >= @from_time
  and o.created_at < @to_time
  and o.campaign = @campaign
order by o.total desc, o.order_id
limit 500;
