"""SQL in which a Jinja template stands (dbt, Airflow, generators), masked length for length and never rendered."""

from leaktight.embedding.jinja.declarations import Reference, config_of, references, settings_of, snapshots_of
from leaktight.embedding.jinja.masking import mask
from leaktight.embedding.jinja.schema_names import takes_schemas_as_they_are
from leaktight.embedding.jinja.tags import has_template
from leaktight.embedding.jinja.views import MOST_VIEWS

__all__ = [
    "MOST_VIEWS",
    "Reference",
    "config_of",
    "has_template",
    "mask",
    "references",
    "settings_of",
    "snapshots_of",
    "takes_schemas_as_they_are",
]
