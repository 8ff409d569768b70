resource "google_bigquery_dataset" "shop" {
  dataset_id = "shop"
}
