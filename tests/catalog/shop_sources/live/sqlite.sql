CREATE TABLE customers (
  customer_id BIGINT NOT NULL PRIMARY KEY,
  email VARCHAR(255) NOT NULL UNIQUE,
  country CHAR(2),
  created_at TIMESTAMPTZ NOT NULL DEFAULT CURRENT_TIMESTAMP
);
CREATE TABLE orders (
  order_id BIGINT NOT NULL PRIMARY KEY,
  customer_id BIGINT NOT NULL REFERENCES customers (customer_id),
  status VARCHAR(20) NOT NULL DEFAULT 'open',
  total NUMERIC(12, 2) NOT NULL,
  created_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX orders_customer_created ON orders (customer_id, created_at);
CREATE TABLE events (
  event_id BIGINT NOT NULL,
  order_id BIGINT,
  kind VARCHAR(40) NOT NULL,
  payload TEXT,
  occurred_at TIMESTAMPTZ NOT NULL,
  PRIMARY KEY (event_id, occurred_at)
);
