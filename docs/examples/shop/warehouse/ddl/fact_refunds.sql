create table if not exists sales.fact_refunds (
  refund_id string not null options (description = 'Key of the refund in the shop database.'),
  order_id string not null options (description = 'Order that was refunded.'),
  amount numeric not null options (description = 'In euros.'),
  reason string options (description = 'damaged, late, goodwill, other.'),
  refunded_on date not null options (description = 'Day of the refund.')
)
partition by refunded_on
cluster by order_id
options (description = 'One row a refund.');
