-- Each night: who runs which depot.
merge into deliveries.dim_depots as o
using staging.managers as n
on o.depot_id = n.depot_id and o.is_current
when matched then
  update set manager = n.manager;
