-- The twenty products sold most in the period.
with product_sales as (
  select
    l.product_id,
    sum(l.quantity) as sold
  from sales.fact_order_lines as l
  where l.ordered_on >= @from_date
    and l.ordered_on < @to_date
  group by l.product_id
  order by sold desc
)

select
  p.*,
  s.sold
from product_sales as s
join sales.dim_products as p
  on p.product_id = s.product_id
order by s.sold desc
limit 20;
