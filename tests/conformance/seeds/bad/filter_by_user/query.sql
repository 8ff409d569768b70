SELECT *
FROM orders
WHERE user_id = '7d1f9a52-6c6b-4b8f-9d7e-0a5f3c1e2b44';
