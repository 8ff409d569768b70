/* What happens to orders. */
MODEL (
  name shop.events,
  kind INCREMENTAL_BY_TIME_RANGE (time_column (occurred_at, '%Y-%m-%d')),
  dialect bigquery,
  partitioned_by DATE(occurred_at),
  physical_properties (require_partition_filter = true),
  grain (event_id, occurred_at),
  audits (NOT_NULL(columns = (event_id, kind, occurred_at)))
);

@DEF(days, 7);

WITH recent AS (SELECT * FROM raw.events WHERE occurred_at >= @start_ts)
SELECT event_id, order_id, LOWER(kind) AS kind, payload, occurred_at FROM recent
WHERE occurred_at BETWEEN @start_ts AND @end_ts
