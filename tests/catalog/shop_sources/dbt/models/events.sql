{{ config(
    materialized='incremental',
    partition_by={'field': 'occurred_at', 'data_type': 'timestamp'},
) }}

select event_id, order_id, kind, payload, occurred_at
from {{ source('raw', 'events') }}
{% if is_incremental() %}
where occurred_at > (select max(occurred_at) from {{ this }})
{% endif %}
