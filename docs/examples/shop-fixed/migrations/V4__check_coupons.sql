-- Reads all coupons while others use them.

set lock_timeout = '2s';

alter table coupons validate constraint coupons_percent;
