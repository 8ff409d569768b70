-- Each night: couriers who changed their depot.
insert into deliveries.dim_couriers (courier_id, email, depot, valid_from, is_current)
select
  n.courier_id,
  n.email,
  n.depot,
  @run_time,
  true
from staging.couriers as n
inner join deliveries.dim_couriers as o
  on o.courier_id = n.courier_id
  and o.is_current
where o.depot <> n.depot;
