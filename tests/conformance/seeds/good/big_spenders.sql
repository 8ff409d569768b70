WITH recent_orders AS (
    SELECT user_id, SUM(amount) AS total_spent
    FROM orders
    WHERE created_at >= '2024-01-01'
    GROUP BY user_id
)

SELECT u.email, ro.total_spent
FROM users AS u
JOIN recent_orders AS ro ON u.user_id = ro.user_id
WHERE ro.total_spent > 1000;
