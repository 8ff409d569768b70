-- What the customers of each manager's depots gave.
select
  d.manager,
  sum(t.amount) as tips
from deliveries.fact_tips as t
inner join deliveries.dim_depots as d
  on d.depot_key = t.depot_key
  and d.is_current
group by d.manager;
