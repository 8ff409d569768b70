-- Customers to write to: nothing ordered in the period, and still subscribed.
select
  c.customer_id,
  c.country
from sales.dim_customers as c
where c.customer_id not in (
    select o.customer_id
    from sales.fact_orders as o
    where o.created_at >= @from_time
      and o.created_at < @to_time
  )
  and c.unsubscribed_at = null;
