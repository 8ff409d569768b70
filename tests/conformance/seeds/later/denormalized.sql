CREATE TABLE fact_orders (
    order_id UUID PRIMARY KEY,
    user_id UUID,
    user_email VARCHAR(255),
    user_created_at TIMESTAMP,
    amount DECIMAL(10, 2),
    order_created_at TIMESTAMP
) PARTITION BY RANGE (order_created_at);
