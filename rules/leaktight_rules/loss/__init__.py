"""Rows and trust lost."""
