-- Coupons get their campaigns. What reads the old columns is moved first; they go in a later migration.

set lock_timeout = '2s';

alter table coupons add column if not exists campaign text;
alter table coupons add constraint coupons_percent check (percent > 0) not valid;
