resource "google_bigquery_dataset" "shop" {
  dataset_id = "shop"
  location   = "EU"
}

resource "google_bigquery_table" "customers" {
  dataset_id = google_bigquery_dataset.shop.dataset_id
  table_id   = "customers"

  schema = jsonencode([
    { name = "customer_id", type = "INTEGER", mode = "REQUIRED" },
    { name = "email", type = "STRING", maxLength = 255, mode = "REQUIRED" },
    { name = "country", type = "STRING", maxLength = 2 },
    { name = "created_at", type = "TIMESTAMP", mode = "REQUIRED", defaultValueExpression = "CURRENT_TIMESTAMP()" },
  ])

  table_constraints {
    primary_key {
      columns = ["customer_id"]
    }
  }
}

resource "google_bigquery_table" "orders" {
  dataset_id  = google_bigquery_dataset.shop.dataset_id
  table_id    = "orders"
  description = "One row for each order."
  clustering  = ["customer_id", "created_at"]

  labels = {
    owner     = "sales"
    retention = "7-years"
  }

  schema = <<-EOF
    [
      {"name": "order_id", "type": "INTEGER", "mode": "REQUIRED"},
      {"name": "customer_id", "type": "INTEGER", "mode": "REQUIRED"},
      {"name": "status", "type": "STRING", "maxLength": "20", "mode": "REQUIRED", "defaultValueExpression": "'open'"},
      {"name": "total", "type": "NUMERIC", "precision": 12, "scale": 2, "mode": "REQUIRED"},
      {"name": "created_at", "type": "TIMESTAMP", "mode": "REQUIRED", "description": "${var.when}"}
    ]
  EOF

  table_constraints {
    primary_key {
      columns = ["order_id"]
    }
    foreign_keys {
      name = "orders_customer"
      referenced_table {
        project_id = var.project
        dataset_id = google_bigquery_dataset.shop.dataset_id
        table_id   = "customers"
      }
      column_references {
        referencing_column = "customer_id"
        referenced_column  = "customer_id"
      }
    }
  }
}

resource "google_bigquery_table" "events" {
  dataset_id               = google_bigquery_dataset.shop.dataset_id
  table_id                 = "events"
  require_partition_filter = true

  time_partitioning {
    type  = "DAY"
    field = "occurred_at"
  }

  table_constraints {
    primary_key {
      columns = ["event_id", "occurred_at"]
    }
  }

  schema = "[{\"name\": \"event_id\", \"type\": \"INTEGER\", \"mode\": \"REQUIRED\"}, {\"name\": \"order_id\", \"type\": \"INTEGER\"}, {\"name\": \"kind\", \"type\": \"STRING\", \"maxLength\": 40, \"mode\": \"REQUIRED\"}, {\"name\": \"payload\", \"type\": \"JSON\"}, {\"name\": \"occurred_at\", \"type\": \"TIMESTAMP\", \"mode\": \"REQUIRED\"}]"
}
