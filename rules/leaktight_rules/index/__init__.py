"""Indexes: those that are missing, and those that cost more than they give."""
