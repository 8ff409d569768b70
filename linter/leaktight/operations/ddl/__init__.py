"""What each kind of DDL statement says, read from its words."""
