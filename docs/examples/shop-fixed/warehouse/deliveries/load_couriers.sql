-- Each night: couriers who changed their depot.
begin transaction;

update deliveries.dim_couriers as o
set valid_to = @run_time, is_current = false
from staging.couriers as n
where n.courier_id = o.courier_id
  and o.is_current
  and o.depot <> n.depot;

insert into deliveries.dim_couriers (courier_key, courier_id, email, depot, valid_from, is_current)
select
  farm_fingerprint(concat(cast(n.courier_id as string), string(@run_time))),
  n.courier_id,
  n.email,
  n.depot,
  @run_time,
  true
from staging.couriers as n
where not exists (
  select 1
  from deliveries.dim_couriers as o
  where o.courier_id = n.courier_id
    and o.is_current
);

commit transaction;
