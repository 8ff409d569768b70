-- What broken parcels cost each manager.
select
  d.manager,
  sum(f.amount) as damages
from deliveries.fact_damages as f
inner join deliveries.dim_depots as d
  on d.depot_id = f.depot
group by d.manager;
