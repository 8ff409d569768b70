CREATE TABLE shop.customers (
  customer_id BIGINT NOT NULL PRIMARY KEY,
  email VARCHAR(255) NOT NULL UNIQUE,
  country CHAR(2),
  created_at DATETIME NOT NULL DEFAULT current_timestamp()
);
CREATE TABLE shop.orders (
  order_id BIGINT NOT NULL PRIMARY KEY,
  customer_id BIGINT NOT NULL,
  status VARCHAR(20) NOT NULL DEFAULT 'open',
  total NUMERIC(12, 2) NOT NULL,
  created_at DATETIME NOT NULL,
  FOREIGN KEY (customer_id) REFERENCES shop.customers (customer_id)
) COMMENT = 'One row for each order.';
CREATE INDEX orders_customer_created ON shop.orders (customer_id, created_at);
CREATE TABLE shop.events (
  event_id BIGINT NOT NULL,
  order_id BIGINT,
  kind VARCHAR(40) NOT NULL,
  payload JSON,
  occurred_at DATETIME NOT NULL,
  PRIMARY KEY (event_id, occurred_at)
) PARTITION BY RANGE COLUMNS (occurred_at) (
  PARTITION p2024 VALUES LESS THAN ('2025-01-01'),
  PARTITION later VALUES LESS THAN (MAXVALUE)
);
