-- Share of orders refunded, channel by channel. Goodwill is marketing, so it does not count.
select
  o.channel_id,
  count(distinct o.order_id) as orders,
  count(distinct r.order_id) as refunded
from sales.fact_orders as o
left join sales.fact_refunds as r
  on r.order_id = o.order_id
  and r.refunded_on >= @from_date
where o.created_at >= @from_time
  and o.created_at < @to_time
  and r.reason <> 'goodwill'
group by o.channel_id;
