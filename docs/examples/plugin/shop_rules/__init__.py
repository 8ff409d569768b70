"""Kettle & Quill's own rules: each stands in a module of this package, and nothing lists them."""
