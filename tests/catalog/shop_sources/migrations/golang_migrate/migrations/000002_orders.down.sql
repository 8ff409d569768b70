drop table shop.orders;
drop table shop.scratch;
alter table shop.customers alter column email type varchar(100);
alter table shop.customers rename column customer_id to client_id;
alter table shop.customers rename to clients;
