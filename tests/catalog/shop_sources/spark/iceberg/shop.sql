CREATE TABLE lake.shop.customers (
  customer_id BIGINT NOT NULL,
  email STRING NOT NULL,
  country STRING,
  created_at TIMESTAMP NOT NULL
) USING iceberg;
ALTER TABLE lake.shop.customers SET IDENTIFIER FIELDS customer_id;

CREATE TABLE lake.shop.orders (
  order_id BIGINT NOT NULL,
  customer_id BIGINT NOT NULL,
  status STRING NOT NULL,
  total DECIMAL(12, 2) NOT NULL,
  created_at TIMESTAMP NOT NULL
) USING iceberg
COMMENT 'One row for each order.'
TBLPROPERTIES ('format-version' = '2', 'owner' = 'sales');
ALTER TABLE lake.shop.orders SET IDENTIFIER FIELDS order_id;
ALTER TABLE lake.shop.orders WRITE ORDERED BY customer_id, created_at DESC;

CREATE TABLE lake.shop.events (
  event_id BIGINT NOT NULL,
  order_id BIGINT,
  kind STRING NOT NULL,
  payload STRING,
  occurred_at TIMESTAMP NOT NULL
) USING iceberg
PARTITIONED BY (days(occurred_at));
ALTER TABLE lake.shop.events SET IDENTIFIER FIELDS event_id, occurred_at;
ALTER TABLE lake.shop.events REPLACE PARTITION FIELD days(occurred_at) WITH hours(occurred_at);
