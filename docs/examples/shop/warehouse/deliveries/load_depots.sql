-- Each night: depots that got another region.
begin transaction;

insert into deliveries.dim_depots (depot_key, depot_id, region_key, manager, valid_from, is_current)
select
  farm_fingerprint(concat(n.depot_id, string(@run_time))),
  n.depot_id,
  n.region_key,
  n.manager,
  @run_time,
  true
from staging.changed_depots as n;

update deliveries.dim_depots as o
set valid_to = @run_time, is_current = false
where o.is_current
  and o.depot_id in (select n.depot_id from staging.changed_depots as n);

commit transaction;
