CREATE TABLE IF NOT EXISTS shop.customers (
  customer_id BIGINT NOT NULL,
  email VARCHAR(255) NOT NULL,
  country CHAR(2),
  created_at TIMESTAMP NOT NULL DEFAULT current_timestamp(),
  CONSTRAINT customers_pk PRIMARY KEY (customer_id)
) USING DELTA TBLPROPERTIES ('delta.feature.allowColumnDefaults' = 'supported');

CREATE TABLE shop.orders (
  order_id BIGINT NOT NULL PRIMARY KEY,
  customer_id BIGINT NOT NULL CONSTRAINT orders_customer FOREIGN KEY REFERENCES shop.customers (customer_id),
  status VARCHAR(20) NOT NULL DEFAULT 'open',
  total DECIMAL(12, 2) NOT NULL
) USING DELTA
CLUSTER BY (customer_id)
COMMENT 'One row.'
TBLPROPERTIES ('owner' = 'sales', delta.appendOnly = true);

CREATE OR REPLACE TABLE shop.events (
  event_id BIGINT NOT NULL,
  order_id BIGINT,
  kind VARCHAR(40) NOT NULL,
  payload VARIANT,
  occurred_at TIMESTAMP NOT NULL,
  PRIMARY KEY (event_id, occurred_at)
) USING DELTA PARTITIONED BY (occurred_at);
