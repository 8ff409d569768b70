drop table shop.clients;
