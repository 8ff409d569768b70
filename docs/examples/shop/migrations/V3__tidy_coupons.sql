-- Coupons get their campaigns.

alter table coupons add column campaign text not null;
alter table coupons add column token uuid default gen_random_uuid();
alter table coupons add column place_in_list serial;
update coupons set note = code;
alter table coupons alter column note set not null;
alter table coupons alter column percent type bigint;
alter table coupons alter column code drop not null;
alter table coupons rename column kind to sort;
alter table coupons drop column customer_id;
alter table coupons add constraint coupons_percent check (percent > 0);
alter table coupons add constraint coupons_code_key unique (code);
alter table coupons add primary key (coupon_id);
alter table refunds drop constraint refunds_channel_id_fkey;
alter table refund_totals rename to refunds_of_day;
alter type coupon_kind rename value 'gift' to 'present';
create index coupons_campaign on coupons (campaign);
create index concurrently coupons_token on coupons (token);
drop index orders_customer_id;
truncate customers cascade;
