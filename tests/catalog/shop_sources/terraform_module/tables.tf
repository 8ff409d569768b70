resource "google_bigquery_table" "customers" {
  dataset_id = google_bigquery_dataset.shop.dataset_id
  table_id   = "customers"
  schema     = file("${path.module}/schemas/customers.json")
}
