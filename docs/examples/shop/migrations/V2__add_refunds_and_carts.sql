-- Refunds come from the marketplaces once a day, carts from the shop itself.

create table refunds (
    refund_id uuid primary key,
    order_id uuid not null,
    channel_id text not null references channels (channel_id),
    amount double precision not null,
    reason text,
    refunded_on date not null
);

create table refund_totals (
    channel_id text not null references channels (channel_id),
    refunded_on date not null,
    refunded double precision not null,
    primary key (channel_id, refunded_on)
);

create table carts (
    cart_id uuid primary key,
    customer_id bigint,
    status text not null default 'open',
    updated_at timestamp not null default now()
);

create table ended_streams (
    channel_id text not null references channels (channel_id),
    stream_id text not null,
    title text not null,
    ended_at timestamp not null,
    primary key (channel_id, stream_id)
);

alter table orders add column currency text;

create type coupon_kind as enum ('gift', 'discount');

create table coupons (
    coupon_id bigint not null,
    code text not null,
    kind coupon_kind not null,
    percent numeric(5, 2) not null,
    note text,
    customer_id bigint,
    created_at timestamp not null default now(),
    updated_at timestamp not null default now()
);
