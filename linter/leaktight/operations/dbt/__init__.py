"""What dbt's files have in common: their YAML, their configuration, their tests, and the project they belong to."""
