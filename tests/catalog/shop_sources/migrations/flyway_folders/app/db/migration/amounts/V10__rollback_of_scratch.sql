drop table shop.scratch;
alter table shop.orders rename column amount to total;
alter table shop.orders drop column note;
create index orders_customer_created on shop.orders (customer_id, created_at);
comment on table shop.orders is 'One row for each order.';

create table shop.events (
  event_id bigint not null,
  order_id bigint,
  kind varchar(10) not null,
  payload jsonb,
  occurred_at timestamptz not null,
  primary key (event_id, occurred_at)
) partition by range (occurred_at);
alter table shop.events alter column kind type varchar(40);
