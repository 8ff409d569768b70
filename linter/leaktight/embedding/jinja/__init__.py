"""SQL in which a Jinja template stands (dbt, Airflow, generators), masked length for length and never rendered."""

from leaktight.embedding.jinja.declarations import Reference, config_of, references, settings_of, snapshots_of
from leaktight.embedding.jinja.masking import mask
from leaktight.embedding.jinja.tags import has_template

__all__ = ["Reference", "config_of", "has_template", "mask", "references", "settings_of", "snapshots_of"]
