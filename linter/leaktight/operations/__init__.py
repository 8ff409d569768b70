"""What code does to data, whatever its language."""
