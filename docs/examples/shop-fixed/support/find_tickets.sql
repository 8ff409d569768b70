-- What an agent asks for all day. Parameters: agent, topic, from_day.

select ticket_id, subject, due_date from tickets where agent_id = :agent and status = 'open' order by due_date;

select ticket_id, subject from tickets where agent_id = :agent and created_at >= :from_day order by created_at;

select ticket_id, subject from tickets where topic = :topic limit 50;

select count(*) as tickets from tickets where topic = :topic and created_at >= :from_day;
