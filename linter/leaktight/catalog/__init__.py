"""Known tables: columns, keys, partitions, indexes, each with the place it was read from."""
