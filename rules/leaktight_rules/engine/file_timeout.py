"""Files that take too long."""

from __future__ import annotations

from leaktight import Category, EngineRule


class FileTimeout(EngineRule):
    """A file took longer than it may, and was given up.

    No rule's findings on it are known. It counts among what was not analysed: see [not-analysed](not-analysed.md). Most
    often such a file is generated, a dump or a bundle, and belongs under `exclude` in the settings. A file that a person
    has written and that takes so long is worth a report.
    """

    name = "file-timeout"
    category = Category.ENGINE
