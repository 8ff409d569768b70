-- Share of orders refunded, channel by channel. Goodwill is marketing, so it does not count.
with refunds as (
  select distinct r.order_id
  from sales.fact_refunds as r
  where r.refunded_on >= @from_date
    and coalesce(r.reason, 'other') <> 'goodwill'
)

select
  o.channel_id,
  count(*) as orders,
  count(refunds.order_id) as refunded
from sales.fact_orders as o
left join refunds
  on refunds.order_id = o.order_id
where o.created_at >= @from_time
  and o.created_at < @to_time
group by o.channel_id;
