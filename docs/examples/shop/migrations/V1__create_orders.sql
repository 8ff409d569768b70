-- Channels, customers and their orders; one partition a quarter.

create table channels (
    channel_id text primary key,
    name text not null
);

create table customers (
    customer_id bigint generated always as identity,
    email text not null,
    full_name text,
    signed_up_at timestamp not null default now()
);

-- Guests order without an account, so customer_id may be empty.
create table orders (
    order_id uuid not null,
    customer_id bigint,
    channel_id text not null references channels (channel_id),
    status text not null default 'new',
    total float not null,
    created_at timestamp not null,
    updated_at timestamp not null default now(),
    primary key (order_id, created_at)
) partition by range (created_at);

create table orders_2025_q1 partition of orders
    for values from ('2025-01-01') to ('2025-04-01');

create table orders_2025_q2 partition of orders
    for values from ('2025-04-01') to ('2025-07-01');

create table orders_2025_q3 partition of orders
    for values from ('2025-07-01') to ('2025-10-01');

create index orders_customer_id on orders (customer_id);
