"""The settings of a project: found, read, checked, resolved."""

from leaktight.config.load import Configuration, find_configuration, git_root, read_configuration
from leaktight.config.settings import DEFAULT_EXCLUDES, DIALECTS, PathSelection, Settings
from leaktight.config.value import ConfigurationError, Problem

__all__ = [
    "DEFAULT_EXCLUDES",
    "DIALECTS",
    "Configuration",
    "ConfigurationError",
    "PathSelection",
    "Problem",
    "Settings",
    "find_configuration",
    "git_root",
    "read_configuration",
]
