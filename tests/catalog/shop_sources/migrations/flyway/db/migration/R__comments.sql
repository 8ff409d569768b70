comment on table shop.orders is 'One row for each order.';
