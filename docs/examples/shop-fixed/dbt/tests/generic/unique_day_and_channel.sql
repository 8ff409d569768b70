{% test unique_day_and_channel(model) %}

select
    order_date,
    channel_id
from {{ model }}
where order_date >= date('{{ var("from_date") }}')
group by order_date, channel_id
having count(*) > 1

{% endtest %}
