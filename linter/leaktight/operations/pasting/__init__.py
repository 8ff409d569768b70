"""What a host puts into the text of its SQL, and where that comes from."""
