"""How tables are cut into partitions."""
