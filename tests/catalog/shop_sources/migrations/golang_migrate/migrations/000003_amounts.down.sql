drop table shop.events;
drop index shop.orders_customer_created;
alter table shop.orders add column note text;
alter table shop.orders rename column total to amount;
create table shop.scratch (id int);
