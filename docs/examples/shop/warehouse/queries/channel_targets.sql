-- The month's target of each channel, by name.
select
  ch.name,
  t.target
from sales.dim_channels as ch, sales.channel_targets as t
where t.target_month = @month
order by t.target desc;
