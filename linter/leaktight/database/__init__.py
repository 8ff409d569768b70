"""Reads what a database says of its tables, and writes it down as a snapshot. Nothing else here uses a network."""
