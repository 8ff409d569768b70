CREATE TABLE fact_orders (
    order_id UUID PRIMARY KEY,
    user_key INT REFERENCES dim_users (user_key),
    product_key INT REFERENCES dim_products (product_key),
    date_key INT REFERENCES dim_date (date_key),
    quantity INT,
    revenue DECIMAL(10, 2),
    created_at TIMESTAMP WITH TIME ZONE
);
