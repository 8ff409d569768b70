SELECT order_id, user_id, amount
FROM orders
WHERE created_at > '2024-01-01';
