-- Refunds come from the marketplaces once a day, carts from the shop itself.

set lock_timeout = '2s';

create table if not exists refunds (
    refund_id uuid primary key,
    order_id uuid not null,
    ordered_at timestamptz not null,
    channel_id text not null references channels (channel_id),
    amount numeric(12, 2) not null,
    reason text not null check (reason in ('damaged', 'late', 'goodwill', 'other')),
    refunded_on date not null,
    foreign key (order_id, ordered_at) references orders (order_id, created_at)
);

create index if not exists refunds_order on refunds (order_id, ordered_at);
create index if not exists refunds_channel on refunds (channel_id);
create index if not exists refunds_day on refunds (refunded_on, channel_id);

create table if not exists refund_totals (
    channel_id text not null references channels (channel_id),
    refunded_on date not null,
    refunded numeric(14, 2) not null,
    primary key (channel_id, refunded_on)
);

create table if not exists carts (
    cart_id uuid primary key,
    customer_id bigint references customers (customer_id),
    status text not null default 'open' check (status in ('open', 'ordered', 'expired')),
    updated_at timestamptz not null default now()
);

create index if not exists carts_customer_id on carts (customer_id);

create table if not exists ended_streams (
    channel_id text not null references channels (channel_id),
    stream_id text not null,
    title text not null,
    ended_at timestamptz not null,
    primary key (channel_id, stream_id)
);

alter table orders add column if not exists currency text;

create type coupon_kind as enum ('gift', 'discount');

create table if not exists coupons (
    coupon_id bigint not null primary key,
    code text not null,
    kind coupon_kind not null,
    percent numeric(5, 2) not null,
    note text,
    customer_id bigint references customers (customer_id),
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
);

create index if not exists coupons_customer_id on coupons (customer_id);
