"""What is installed is found as `importlib.metadata` finds it."""

import sys
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from leaktight import plugins
from leaktight.plugins import entry_modules

GROUP = "some.group"


def _install(folder: Path, name: str, text: str) -> None:
    (folder / name).mkdir(parents=True)
    (folder / name / "METADATA").write_text(f"Name: {name.partition('-')[0]}\nVersion: 1\n")
    (folder / name / "entry_points.txt").write_text(text)


def _known(group: str) -> list[str]:
    return [entry.module for entry in entry_points(group=group)]


@pytest.mark.parametrize("group", ["leaktight.rules", "console_scripts", "pytest11", "no.such.group"])
def test_the_installed_packages(group: str) -> None:
    assert sorted(entry_modules(group)) == sorted(_known(group))


@pytest.mark.parametrize(
    "text",
    [
        "[some.group]\none = first_rules\n",
        "[other]\nx = y\n\n[some.group]\none=first_rules:ATTRIBUTE\ntwo = a.b.c : D [extra]\n[third]\nz = w\n",
        "# [some.group]\n[other]\none = first_rules\n",
        "[ some.group ]\none = first_rules\n",
        "[some.group]\n# two = second\n; three = third\none = first_rules\n",
        "",
    ],
)
def test_what_a_file_declares(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _install(tmp_path, "planted-1.0.dist-info", text)
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    assert entry_modules(GROUP) == _known(GROUP)


def test_an_earlier_package_hides_a_later_one_of_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _install(tmp_path / "a", "Some_Rules-2.0.dist-info", "[some.group]\none = newer\n")
    _install(tmp_path / "b", "some.rules-1.0.dist-info", "[some.group]\none = older\n")
    _install(tmp_path / "b", "more.egg-info", "[some.group]\none = more\n")
    monkeypatch.setattr(sys, "path", [str(tmp_path / "a"), str(tmp_path / "none"), str(tmp_path / "b")])
    assert entry_modules(GROUP) == ["newer", "more"]


def test_a_file_that_is_no_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _install(tmp_path, "planted-1.0.dist-info", "")
    (tmp_path / "planted-1.0.dist-info" / "entry_points.txt").write_bytes(b"[some.group]\none = \xff\n")
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    assert entry_modules(GROUP) == []


def test_archives_are_left_to_the_standard_library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    archive = tmp_path / "packages.zip"
    archive.write_bytes(b"PK\x05\x06" + bytes(18))
    _install(tmp_path, "planted-1.0.dist-info", "[some.group]\none = first_rules\n")
    monkeypatch.setattr(sys, "path", [str(archive), str(tmp_path)])
    monkeypatch.setattr(plugins, "_modules", None)
    assert entry_modules(GROUP) == ["first_rules"]
