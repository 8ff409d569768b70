"""What the project's own queries say of how its tables should be indexed and partitioned."""
