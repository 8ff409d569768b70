{{ config(
    materialized='incremental',
    incremental_strategy='insert_overwrite',
    partition_by={'field': 'order_date', 'data_type': 'date'},
    require_partition_filter=true,
    on_schema_change='fail'
) }}

with orders as (
    select
        order_id,
        channel_id,
        order_date,
        total
    from {{ ref('stg_orders') }}
    {% if is_incremental() %}
    where order_date >= date('{{ var("from_date") }}')
    {% endif %}
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
    sum(least(refunds.refunded, orders.total)) as refunded
from orders
left join refunds
    on refunds.order_id = orders.order_id
group by orders.order_date, orders.channel_id
