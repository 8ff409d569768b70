CREATE TABLE orders (
    order_id UUID,
    user_id UUID,
    amount DECIMAL(10, 2),
    created_at TIMESTAMP WITH TIME ZONE
) PARTITION BY RANGE (created_at);
