"""Tables as they are declared."""
