create table if not exists deliveries.dim_couriers (
  courier_id int64 not null options (description = 'Number in the dispatch system.'),
  email string options (description = 'Where the roster goes.'),
  depot string options (description = 'Where the bike stands.'),
  valid_from timestamp not null options (description = 'Since when this row holds.'),
  valid_to timestamp options (description = 'Empty while it holds.'),
  is_current bool not null options (description = 'Whether it holds.'),
  primary key (courier_id) not enforced
)
options (description = 'One row a courier and version.', labels = [('owner', 'dispatch')]);

create table if not exists deliveries.dim_depots (
  depot_key int64 not null options (description = 'Of our own making, one a version.'),
  depot_id string not null options (description = 'Letter on the door.'),
  region_key int64 not null options (description = 'Key in dim_regions.'),
  manager string options (description = 'Nickname.'),
  valid_from timestamp not null options (description = 'Since when this row holds.'),
  valid_to timestamp options (description = 'Empty while it holds.'),
  is_current bool not null options (description = 'Whether it holds.'),
  primary key (depot_key) not enforced
)
options (description = 'One row a depot and version.', labels = [('owner', 'dispatch')]);

create table if not exists deliveries.dim_vans (
  van_key int64 not null options (description = 'Of our own making, one a version.'),
  van_id string not null options (description = 'Number plate.'),
  colour string options (description = 'Green since 2025.'),
  valid_from timestamp not null options (description = 'Since when this row holds.'),
  valid_to timestamp options (description = 'Empty while it holds.'),
  is_current bool not null options (description = 'Whether it holds.'),
  primary key (van_key) not enforced
)
options (description = 'One row a van and version.', labels = [('owner', 'dispatch')]);

create table if not exists deliveries.dim_regions (
  region_key int64 not null options (description = 'Of our own making.'),
  region string not null options (description = 'Name on the map.'),
  primary key (region_key) not enforced
)
options (description = 'One row a region.');

create table if not exists deliveries.fact_deliveries (
  delivery_id string not null options (description = 'Number of the parcel.'),
  depot_key int64 not null options (description = 'Key in dim_depots.'),
  depot_id string not null options (description = 'Letter on the door.'),
  delivered_on date not null options (description = 'Day of the delivery.'),
  fee numeric not null options (description = 'In euros.'),
  primary key (delivery_id) not enforced
)
partition by delivered_on
options (
  description = 'One row a parcel.', labels = [('owner', 'dispatch')],
  partition_expiration_days = 1100, require_partition_filter = true
);

create table if not exists deliveries.fact_tips (
  tip_id string not null options (description = 'Number of the payment.'),
  currency string not null options (description = 'As ISO 4217 has it.'),
  depot_key int64 not null options (description = 'Key in dim_depots.'),
  amount numeric not null,
  primary key (tip_id) not enforced
)
options (description = 'One row a tip.', labels = [('owner', 'dispatch')]);

create table if not exists deliveries.fact_damages (
  damage_id string not null options (description = 'Number of the report.'),
  depot string not null options (description = 'As the driver wrote it.'),
  happened_on date not null options (description = 'Day of the damage.'),
  amount numeric not null options (description = 'In euros.'),
  primary key (damage_id) not enforced
)
options (description = 'One row a damaged parcel.', labels = [('owner', 'dispatch')]);
