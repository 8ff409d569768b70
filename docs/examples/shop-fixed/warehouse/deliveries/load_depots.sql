-- Each night: depots that got another region or manager.
begin transaction;

update deliveries.dim_depots as o
set valid_to = @run_time, is_current = false
where o.is_current
  and o.depot_id in (select n.depot_id from staging.changed_depots as n);

insert into deliveries.dim_depots (depot_key, depot_id, region, manager, valid_from, is_current)
select
  farm_fingerprint(concat(n.depot_id, string(@run_time))),
  n.depot_id,
  n.region,
  n.manager,
  @run_time,
  true
from staging.changed_depots as n
where not exists (
  select 1
  from deliveries.dim_depots as o
  where o.depot_id = n.depot_id
    and o.is_current
);

commit transaction;
