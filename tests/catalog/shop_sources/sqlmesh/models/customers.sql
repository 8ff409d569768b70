MODEL (
  name shop.customers,
  kind FULL,
  dialect postgres,
  grain customer_id,
  columns (
    customer_id BIGINT,
    email VARCHAR(255),
    country CHAR(2),
    created_at TIMESTAMPTZ
  ),
  audits (
    not_null(columns := (customer_id, email, created_at)),
    unique_values(columns := email)
  )
);

SELECT customer_id, email, country, created_at FROM raw.customers;
