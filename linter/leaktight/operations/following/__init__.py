"""Follows what a call gives through the code that uses it: responses, rows, frames; in Python and JavaScript."""
