"""Queries that run and are wrong."""
