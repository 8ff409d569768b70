-- The month's target of each channel, by name.
select
  ch.name,
  t.target
from sales.dim_channels as ch
join sales.channel_targets as t
  on t.channel_id = ch.channel_id
where t.target_month = @month
order by t.target desc;
