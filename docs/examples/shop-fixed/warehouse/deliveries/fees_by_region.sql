-- What the parcels of each region cost in the period.
select
  d.region,
  sum(f.fee) as fees
from deliveries.fact_deliveries as f
inner join deliveries.dim_depots as d
  on d.depot_key = f.depot_key
where f.delivered_on >= @from_day
  and f.delivered_on < @to_day
group by d.region;
