--liquibase formatted sql

--changeset ada:orders
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
--rollback drop table shop.orders;
--rollback drop table shop.scratch;
--rollback alter table shop.customers alter column email type varchar(100);
--rollback alter table shop.customers rename column customer_id to client_id;
--rollback alter table shop.customers rename to clients;

--changeset ada:scratch-on-h2 dbms:h2
alter table shop.orders add column for_h2 int;
