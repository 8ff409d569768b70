-- Old coupons go, and what is left is put in order.

begin;
alter table coupon_uses detach partition coupon_uses_2020;
alter domain percentage add constraint percentage_positive check (value > 0);
alter schema sales rename to trade;
reindex table coupons;
cluster merchants using merchants_pkey;
commit;
