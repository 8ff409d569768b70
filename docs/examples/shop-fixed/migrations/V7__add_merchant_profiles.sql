-- What the sales team wrote down of merchants, parted by what it is about.

set lock_timeout = '2s';

create table if not exists merchant_companies (
    channel_id text primary key references channels (channel_id),
    legal_name text,
    trade_name text,
    legal_form text,
    register_court text,
    register_number text,
    tax_number text,
    vat_number text,
    industry text,
    website text,
    language text,
    timezone text
);

create table if not exists merchant_addresses (
    channel_id text primary key references channels (channel_id),
    billing_street text,
    billing_postcode text,
    billing_city text,
    billing_country text,
    shipping_street text,
    shipping_postcode text,
    shipping_city text,
    shipping_country text
);

create table if not exists merchant_payouts (
    channel_id text primary key references channels (channel_id),
    bank_name text,
    bank_bic text,
    payout_rhythm text,
    payout_currency text,
    dunning_level text,
    credit_rating text
);

create table if not exists merchant_leads (
    channel_id text primary key references channels (channel_id),
    lead_source text,
    lead_campaign text,
    lead_owner text,
    lead_stage text,
    lost_reason text,
    competitor text,
    referred_by text
);

create table if not exists merchant_contracts (
    channel_id text primary key references channels (channel_id),
    contract_kind text,
    contract_number text,
    contract_term text,
    notice_period text,
    price_list text,
    discount_group text,
    support_plan text
);

create table if not exists merchant_sizes (
    channel_id text primary key references channels (channel_id),
    staff_on_site integer,
    shops_in_town integer,
    parcels_a_week integer,
    returns_a_week integer,
    streams_a_month integer,
    newsletters_a_month integer,
    visits_a_month integer,
    calls_a_month integer
);

create table if not exists merchant_dates (
    channel_id text primary key references channels (channel_id),
    founded_on date,
    first_contact_on date,
    contract_from date,
    contract_until date,
    last_call_on date,
    last_visit_on date,
    next_call_on date,
    next_visit_on date
);

create table if not exists merchant_ranges (
    channel_id text primary key references channels (channel_id),
    teas text,
    papers text,
    pens text,
    gifts text,
    packaging text,
    seasonal_goods text,
    stream_host text,
    stream_room text,
    photo_studio text
);
