select
    refund_id,
    order_id,
    {{ euros('amount_cents') }} as amount,
    reason,
    refunded_on
from {{ source('shop_raw', 'raw_refunds') }}
