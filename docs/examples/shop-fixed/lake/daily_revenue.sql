create table if not exists lake.daily_revenue (
    order_date date not null,
    channel_id string not null,
    product_id string not null,
    pieces bigint not null,
    revenue decimal(18, 2) not null,
    constraint daily_revenue_key primary key (order_date, channel_id, product_id)
)
using delta
partitioned by (order_date);
