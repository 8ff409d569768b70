"""Values that become code."""
