-- Customers to write to: nothing ordered in the period, and still subscribed.
select
  c.customer_id,
  c.country
from sales.dim_customers as c
where not exists (
    select 1
    from sales.fact_orders as o
    where o.customer_id = c.customer_id
      and o.created_at >= @from_time
      and o.created_at < @to_time
  )
  and c.unsubscribed_at is null;
