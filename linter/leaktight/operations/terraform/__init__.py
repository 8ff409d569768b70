"""Terraform's configuration: what its expressions are worth where no run is needed to know, and the tables it makes."""
