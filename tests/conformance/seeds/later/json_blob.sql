CREATE TABLE user_events (
    event_id UUID PRIMARY KEY,
    payload JSONB
);
