MODEL (
  name shop.orders,
  kind INCREMENTAL_BY_UNIQUE_KEY (unique_key order_id),
  dialect postgres,
  owner sales,
  cron '@daily',
  description 'One row for each order.',
  clustered_by (customer_id, created_at),
  columns (
    order_id BIGINT,
    customer_id BIGINT,
    status VARCHAR(20),
    total NUMERIC(12, 2),
    created_at TIMESTAMPTZ
  ),
  audits (
    not_null(columns := (order_id, customer_id, status, total, created_at)),
    accepted_values(column := status, is_in := ('open', 'paid'))
  )
);

SELECT order_id, customer_id, status, total, created_at FROM raw.orders;
