SELECT DATE(created_at), COUNT(*)
FROM orders
WHERE created_at >= '2024-01-01'
GROUP BY DATE(created_at);
