select
    order_id,
    channel_id,
    date(created_at) as order_date,
    {{ euros('total_cents') }} as total
from {{ source('shop_raw', 'raw_orders') }}
where status <> 'test'
