alter table shop.clients rename to customers;
alter table shop.customers rename column client_id to customer_id;
alter table shop.customers alter column email type varchar(255);

create table shop.scratch (id int);

create table shop.orders (
  order_id bigint not null primary key,
  customer_id bigint not null references shop.customers (customer_id),
  status varchar(20) not null default 'open',
  amount numeric(12, 2) not null,
  note text,
  created_at timestamptz not null
);
