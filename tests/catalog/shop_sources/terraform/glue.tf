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
      name    = "status"
      type    = "varchar(20)"
      comment = "What became of it"
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

  partition_keys {
    name = "dt"
    type = "string"
  }
}
