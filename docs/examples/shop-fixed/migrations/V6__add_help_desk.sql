-- The help desk: who answers, and what customers ask.

set lock_timeout = '2s';

create table if not exists agents (
    agent_id bigint generated always as identity primary key,
    name text not null,
    photo_key text
);

comment on column agents.photo_key is 'Where the photo lies in the bucket.';

create table if not exists agent_phones (
    agent_id bigint not null references agents (agent_id),
    place integer not null,
    phone text not null,
    primary key (agent_id, place)
);

comment on column agent_phones.phone is 'Personal: contact. Erased when the agent leaves.';

create table if not exists tickets (
    ticket_id bigint generated always as identity primary key,
    agent_id bigint references agents (agent_id),
    channel_id text not null references channels (channel_id),
    thread text not null,
    status text not null check (status in ('open', 'waiting', 'solved')),
    topic text not null,
    subject text not null,
    language text not null,
    due_date date,
    created_at timestamptz not null,
    updated_at timestamptz not null default now(),
    unique (channel_id, thread)
);

create index if not exists tickets_agent_created on tickets (agent_id, created_at);
create index if not exists tickets_topic_created on tickets (topic, created_at);
create index if not exists tickets_updated on tickets (updated_at);

create table if not exists ticket_messages (
    message_id bigint generated always as identity primary key,
    ticket_id bigint not null references tickets (ticket_id),
    sender text not null,
    words text not null,
    sent_at timestamptz not null
);

create index if not exists ticket_messages_ticket on ticket_messages (ticket_id);

grant select on tickets to reporting;
