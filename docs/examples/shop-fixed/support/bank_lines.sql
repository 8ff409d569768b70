-- What the bank says of our payouts, and the ledger it is booked to.

create table support.bank_lines (
    line_id bigint primary key,
    reference varchar(40) not null,
    gross numeric(12, 2) not null,
    net numeric(12, 2) not null,
    created_at timestamptz not null
);

create table support.ledger (
    entry_id bigint primary key,
    reference varchar(40) not null,
    net numeric(12, 2) not null,
    gross numeric(12, 2) not null,
    created_at timestamptz not null
);
