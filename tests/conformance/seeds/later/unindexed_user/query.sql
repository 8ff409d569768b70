SELECT order_id, amount, created_at FROM orders WHERE user_id = :user_id;
