create table if not exists sales.dim_customers (
  customer_id int64 not null options (description = 'Key of the customer in the shop database.'),
  country string options (description = 'Two letters, ISO 3166.'),
  unsubscribed_at timestamp options (description = 'Empty while we may write to them.')
)
options (description = 'One row a customer.');

create table if not exists sales.dim_products (
  product_id string not null options (description = 'Stock-keeping unit.'),
  name string not null options (description = 'Name in the shop.'),
  category string not null options (description = 'tea, paper, pens, gifts.'),
  price numeric not null options (description = 'Price today, in euros.')
)
options (description = 'One row a product.');

create table if not exists sales.dim_channels (
  channel_id string not null options (description = 'Key of the channel.'),
  name string not null options (description = 'Name in reports.')
)
options (description = 'One row a channel.');

create table if not exists sales.channel_targets (
  channel_id string not null options (description = 'Key of the channel.'),
  target_month date not null options (description = 'First day of the month.'),
  target numeric not null options (description = 'Revenue hoped for, in euros.')
)
options (description = 'One row a channel and month.');
