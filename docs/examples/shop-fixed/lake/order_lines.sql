create table if not exists lake.order_lines (
    order_id string not null,
    line_number int not null,
    channel_id string not null,
    product_id string not null,
    quantity int not null,
    price decimal(12, 2) not null,
    order_date date not null,
    constraint order_lines_key primary key (order_id, line_number)
)
using delta
partitioned by (order_date);
