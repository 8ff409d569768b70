BEGIN;
drop table shop.clients;
COMMIT;
