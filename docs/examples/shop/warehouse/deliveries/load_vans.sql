-- Each night: vans, new or painted.
merge into deliveries.dim_vans as o
using staging.vans as n
on o.van_id = n.van_id and o.is_current
when matched and o.colour <> n.colour then
  update set valid_to = @run_time, is_current = false
when not matched then
  insert (van_key, van_id, colour, valid_from, is_current)
  values (farm_fingerprint(concat(n.van_id, string(@run_time))), n.van_id, n.colour, @run_time, true);
