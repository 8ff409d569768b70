-- What each customer spent in the period.
with spending as (
  select
    o.customer_id,
    sum(o.total) as spent
  from sales.fact_orders as o
  where o.created_at >= @from_time
    and o.created_at < @to_time
  group by o.customer_id
)

select
  c.customer_id,
  c.country,
  s.spent
from sales.dim_customers as c
left join spending as s
  on s.customer_id = c.customer_id;
