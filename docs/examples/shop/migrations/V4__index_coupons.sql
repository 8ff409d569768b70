-- Flyway runs this file outside a transaction.

create index concurrently coupons_place on coupons (place_in_list);
create index concurrently coupons_created on coupons (created_at);
