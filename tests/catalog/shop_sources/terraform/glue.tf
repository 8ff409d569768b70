resource "aws_glue_catalog_database" "shop" {
  name = "shop"
}

resource "aws_glue_catalog_table" "orders" {
  name          = "orders"
  database_name = aws_glue_catalog_database.shop.name
  table_type    = "EXTERNAL_TABLE"
  description   = "One row for each order."
  owner         = "sales"
  retention     = 2557

  parameters = {
    classification = "parquet"
  }

  storage_descriptor {
    location = "s3://${var.bucket}/orders/"

    columns {
      name = "order_id"
      type = "bigint"
    }
    columns {
      name = "customer_id"
      type = "bigint"
    }
    columns {
      name = "status"
      type = "varchar(20)"
    }
    columns {
      name = "total"
      type = "decimal(12,2)"
    }
    columns {
      name = "created_at"
      type = "timestamp"
    }
  }
}

resource "aws_glue_catalog_table" "customers" {
  name          = "customers"
  database_name = aws_glue_catalog_database.shop.name
  table_type    = "EXTERNAL_TABLE"

  storage_descriptor {
    location = "s3://${var.bucket}/customers/"

    columns {
      name = "customer_id"
      type = "bigint"
    }
    columns {
      name = "email"
      type = "varchar(255)"
    }
    columns {
      name = "country"
      type = "char(2)"
    }
    columns {
      name = "created_at"
      type = "timestamp"
    }
  }
}

resource "aws_glue_catalog_table" "events" {
  name          = "events"
  database_name = aws_glue_catalog_database.shop.name
  table_type    = "EXTERNAL_TABLE"

  storage_descriptor {
    location = "s3://${var.bucket}/events/"

    columns {
      name = "event_id"
      type = "bigint"
    }
    columns {
      name = "order_id"
      type = "bigint"
    }
    columns {
      name = "kind"
      type = "varchar(40)"
    }
    columns {
      name = "payload"
      type = "string"
    }
  }

  partition_keys {
    name = "occurred_at"
    type = "timestamp"
  }
}
