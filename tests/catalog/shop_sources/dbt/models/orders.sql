{{ config(
    indexes=[{'columns': ['customer_id', 'created_at']}],
    cluster_by=['customer_id', 'created_at'],
) }}

with placed as (

    select * from {{ source('raw', 'orders') }}

)

select
    placed.order_id,
    placed.customer_id,
    placed.status,
    {{ money('placed.total') }} as total,
    placed.created_at
from placed
