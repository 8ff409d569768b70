"""Run it twice and the data differs."""
