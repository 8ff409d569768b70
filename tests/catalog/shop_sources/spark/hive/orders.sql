CREATE EXTERNAL TABLE IF NOT EXISTS shop.orders (
  `order_id` BIGINT,
  customer_id BIGINT COMMENT 'of shop.customers',
  old_total DOUBLE
)
COMMENT 'One row for each order.'
PARTITIONED BY (dt STRING COMMENT 'the day, as in 2024-01-31', region STRING)
CLUSTERED BY (customer_id) INTO 16 BUCKETS
ROW FORMAT DELIMITED FIELDS TERMINATED BY ','
STORED AS PARQUET
LOCATION 's3://shop/orders/'
TBLPROPERTIES ('owner' = 'sales', 'EXTERNAL' = 'TRUE');
ALTER TABLE shop.orders REPLACE COLUMNS (order_id BIGINT, customer_id BIGINT, status VARCHAR(20), total DECIMAL(12, 2), created_at TIMESTAMP);
ALTER TABLE shop.orders ADD IF NOT EXISTS PARTITION (dt = '2024-01-31', region = 'eu') LOCATION 's3://shop/orders/x/';
