SELECT order_id, amount, created_at
FROM orders
WHERE created_at >= '2024-01-01'
  AND created_at < '2024-02-01'
  AND user_id = '7d1f9a52-6c6b-4b8f-9d7e-0a5f3c1e2b44';
