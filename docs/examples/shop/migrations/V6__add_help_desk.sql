-- The help desk: who answers, what customers ask, and what the sales team knows of merchants.

create table agents (
    agent_id bigint generated always as identity primary key,
    name text not null,
    photo bytea,
    phone1 text,
    phone2 text,
    phone3 text
);

create table tickets (
    ticket_id bigint generated always as identity primary key,
    agent_id int references agents (agent_id),
    channel_id text not null references channels (channel_id),
    thread text,
    status text not null,
    topic text not null,
    subject text not null,
    language text not null,
    due_date text,
    created_at timestamptz not null,
    unique (channel_id, thread)
);

create table ticket_messages (
    message_id serial primary key,
    ticket_id bigint not null references tickets (ticket_id),
    payload jsonb not null
);

create table ticket_fields (
    ticket_id bigint not null references tickets (ticket_id),
    field_name text not null,
    value text not null,
    primary key (ticket_id, field_name)
);

create index tickets_agent on tickets (agent_id);
create index tickets_agent_created on tickets (agent_id, created_at);
create index tickets_agent_due on tickets (agent_id, due_date);
create index tickets_agent_status on tickets (agent_id, status);
create index tickets_agent_topic on tickets (agent_id, topic);
create index tickets_channel on tickets (channel_id);
create index tickets_channel_created on tickets (channel_id, created_at);
create index tickets_created on tickets (created_at);
create index tickets_due on tickets (due_date);
create index tickets_language on tickets (language);
create index tickets_language_topic on tickets (language, topic);
create index tickets_status on tickets (status);
create index ticket_messages_ticket on ticket_messages (ticket_id);

grant select on tickets to public;
