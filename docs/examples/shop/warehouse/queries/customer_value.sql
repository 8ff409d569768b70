-- What each customer spent in the period.
select
  c.customer_id,
  c.country,
  (
    select sum(o.total)
    from sales.fact_orders as o
    where o.customer_id = c.customer_id
      and o.created_at >= @from_time
      and o.created_at < @to_time
  ) as spent
from sales.dim_customers as c;
