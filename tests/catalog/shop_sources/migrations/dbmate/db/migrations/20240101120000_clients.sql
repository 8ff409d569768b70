-- migrate:up
create schema if not exists shop;

create table shop.clients (
  client_id bigint not null primary key,
  email varchar(100) not null unique,
  country char(2),
  created_at timestamptz not null default now()
);

-- migrate:down
drop table shop.clients;
