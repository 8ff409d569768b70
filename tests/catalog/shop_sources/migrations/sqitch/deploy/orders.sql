-- Deploy shop:orders to pg

BEGIN;

comment on table shop.orders is 'One row for each order.';

COMMIT;
