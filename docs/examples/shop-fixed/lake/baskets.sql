create table if not exists lake.baskets (
    session_id string not null,
    product_id string not null,
    quantity int not null,
    basket_date date not null
)
using delta
partitioned by (basket_date);
