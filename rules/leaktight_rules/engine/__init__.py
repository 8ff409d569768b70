"""What the linter says of itself."""
