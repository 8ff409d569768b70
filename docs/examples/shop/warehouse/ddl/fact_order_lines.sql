create table if not exists sales.fact_order_lines (
  order_id string not null options (description = 'Order that the line belongs to.'),
  line_number int64 not null options (description = 'Counts from 1 in each order.'),
  product_id string not null options (description = 'Key in dim_products.'),
  quantity int64 not null options (description = 'Pieces ordered.'),
  price numeric not null options (description = 'Price of one piece, in euros.'),
  ordered_on date not null options (description = 'Day of the order.')
)
partition by ordered_on
cluster by product_id
options (description = 'One row a line of an order.');
