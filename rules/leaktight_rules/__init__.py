"""The built-in rules, one a file: a folder is a category, a file, its class and its rule have one name."""
