-- Channels, customers and their orders; one partition a quarter.

create table if not exists channels (
    channel_id text primary key,
    name text not null
);

create table if not exists customers (
    customer_id bigint generated always as identity primary key,
    email text not null unique,
    email_domain text not null generated always as (split_part(email, '@', 2)) stored,
    full_name text,
    signed_up_at timestamptz not null default now()
);

comment on column customers.email is 'Personal: contact. Erased 24 months after the last order.';
comment on column customers.full_name is 'Personal: name. Erased 24 months after the last order.';

create index if not exists customers_email_domain on customers (email_domain);

-- Guests order without an account, so customer_id may be empty.
create table if not exists orders (
    order_id uuid not null,
    customer_id bigint references customers (customer_id),
    channel_id text not null references channels (channel_id),
    status text not null default 'new' check (status in ('new', 'paid', 'sent', 'returned')),
    total numeric(12, 2) not null,
    created_at timestamptz not null,
    updated_at timestamptz not null default now(),
    primary key (order_id, created_at)
) partition by range (created_at);

create table if not exists orders_2025_q1 partition of orders
    for values from ('2025-01-01') to ('2025-04-01');

create table if not exists orders_2025_q2 partition of orders
    for values from ('2025-04-01') to ('2025-07-01');

create table if not exists orders_2025_q3 partition of orders
    for values from ('2025-07-01') to ('2025-10-01');

create table if not exists orders_other partition of orders default;

create index if not exists orders_customer_id on orders (customer_id);
create index if not exists orders_channel_id on orders (channel_id);
