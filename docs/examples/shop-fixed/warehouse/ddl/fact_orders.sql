create table if not exists sales.fact_orders (
  order_id string not null options (description = 'Key of the order in the shop database.'),
  customer_id int64 options (description = 'Empty for guests.'),
  channel_id string not null options (description = 'Where the order was placed.'),
  campaign string options (description = 'Campaign of the link that led to the order.'),
  status string not null options (description = 'new, paid, sent, returned.'),
  total numeric not null options (description = 'In euros, with tax.'),
  created_at timestamp not null options (description = 'When the order was placed.'),
  primary key (order_id) not enforced
)
partition by date(created_at)
cluster by channel_id, customer_id
options (description = 'One row an order.', require_partition_filter = true);
