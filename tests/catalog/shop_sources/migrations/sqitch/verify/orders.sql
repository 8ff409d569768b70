BEGIN;
create table shop.verified as select order_id from shop.orders where false;
ROLLBACK;
