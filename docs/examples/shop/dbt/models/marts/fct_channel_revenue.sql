{{ config(
    materialized='incremental',
    partition_by={'field': 'order_date', 'data_type': 'date'}
) }}

with orders as (
    select
        order_id,
        channel_id,
        date(created_at) as order_date,
        {{ euros('total_cents') }} as total
    from {{ ref('stg_orders') }}
    {% if is_incremental() %}
    where date(created_at) > (select max(order_date) from {{ this }})
    {% endif %}
    order by created_at
),

refunds as (
    select
        order_id,
        sum(amount) as refunded
    from {{ ref('stg_refunds') }}
    group by order_id
)

select
    orders.order_date,
    orders.channel_id,
    sum(orders.total) as revenue,
    sum(refunds.refunded) as refunded
from orders
left join refunds
    on refunds.order_id = orders.order_id
where refunds.refunded <= orders.total
group by orders.order_date, orders.channel_id
