"""A build backend that builds nothing.

`pip download` asks a source distribution's build backend for its metadata, which runs code of the
package. `archives.py` puts this module in the backend's place: it answers from the `PKG-INFO` that
stands in the archive, so that pip checks the hash, saves the archive, and runs nothing out of it.
"""

from email.parser import HeaderParser
from pathlib import Path


def get_requires_for_build_wheel(config_settings: object = None) -> list[str]:
    """Return no requirements: nothing will be built."""
    return []


def prepare_metadata_for_build_wheel(metadata_directory: str, config_settings: object = None) -> str:
    """Write a `.dist-info` with the name and version of `./PKG-INFO`, and return its folder's name."""
    found = HeaderParser().parsestr(Path("PKG-INFO").read_text(encoding="utf-8"))
    name, version = found["Name"], found["Version"]
    folder = Path(metadata_directory, f"{name.replace('-', '_').replace('.', '_')}-{version}.dist-info")
    folder.mkdir(parents=True)
    (folder / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n", encoding="utf-8")
    (folder / "WHEEL").write_text("Wheel-Version: 1.0\n", encoding="utf-8")
    return folder.name


def build_wheel(wheel_directory: str, config_settings: object = None, metadata_directory: str | None = None) -> str:
    """Raise `RuntimeError`: an archive of the corpus is read, never built."""
    raise RuntimeError("the corpus is read, never built")
