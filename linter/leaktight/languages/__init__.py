"""Parsed regions: one module a parser, none knows another."""
