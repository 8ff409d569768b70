-- Each night: vans, new or painted. A painted one comes twice: once to close its row, once, without a key, to be inserted.
merge into deliveries.dim_vans as o
using (
  select
    n.van_id as merge_key,
    n.van_id,
    n.colour
  from staging.vans as n
  union all
  select
    cast(null as string) as merge_key,
    n.van_id,
    n.colour
  from staging.vans as n
  inner join deliveries.dim_vans as v
    on v.van_id = n.van_id
    and v.is_current
  where v.colour <> n.colour
) as n
on o.van_id = n.merge_key and o.is_current
when matched and o.colour <> n.colour then
  update set valid_to = @run_time, is_current = false
when not matched then
  insert (van_key, van_id, colour, valid_from, is_current)
  values (farm_fingerprint(concat(n.van_id, string(@run_time))), n.van_id, n.colour, @run_time, true);
