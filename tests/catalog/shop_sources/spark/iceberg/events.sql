CREATE TABLE lake.shop.events (
  event_id BIGINT NOT NULL,
  order_id BIGINT,
  kind STRING NOT NULL COMMENT 'in lower case',
  payload STRING,
  occurred_at TIMESTAMP NOT NULL
) USING iceberg
PARTITIONED BY (days(occurred_at))
COMMENT 'What happens to orders'
TBLPROPERTIES ('format-version' = '2');
ALTER TABLE lake.shop.events ADD PARTITION FIELD bucket(16, order_id) AS shard;
ALTER TABLE lake.shop.events REPLACE PARTITION FIELD days(occurred_at) WITH hours(occurred_at);
ALTER TABLE lake.shop.events WRITE ORDERED BY kind, occurred_at DESC;
