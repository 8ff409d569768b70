ALTER TABLE shop.orders ADD COLUMNS (created_at TIMESTAMP AFTER total);
ALTER TABLE shop.orders ALTER COLUMN created_at SET NOT NULL;
ALTER TABLE shop.orders CLUSTER BY (customer_id, created_at);
ALTER TABLE shop.orders SET TBLPROPERTIES ('comment' = 'One row for each order.');
