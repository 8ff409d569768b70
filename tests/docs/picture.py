"""Draws docs/terminal.svg: what `leaktight check` prints on a few files of the example project, in colour.

python tests/docs/picture.py
"""

from __future__ import annotations

import os
import subprocess
import sys
from io import StringIO
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

ROOT = Path(__file__).parents[2]
SHOP = ROOT / "docs" / "examples" / "shop"
PICTURE = ROOT / "docs" / "terminal.svg"
FILES = ("loader/load_refunds.py", "warehouse/queries/sleeping_customers.sql")
WIDTH = 100

# Rich's own template loads a web font. This one takes what is installed: the picture asks nobody for anything.
_TEMPLATE = """\
<svg class="{unique_id}" viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg" role="img" aria-label="What leaktight check prints">
<style>
.{unique_id}-matrix {{
  font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace;
  font-size: {char_height}px;
  line-height: {line_height}px;
}}
.{unique_id}-title {{ font-family: sans-serif; font-size: 18px; font-weight: bold; }}
{styles}
</style>
<defs>
<clipPath id="{unique_id}-clip-terminal">
<rect x="0" y="0" width="{terminal_width}" height="{terminal_height}" />
</clipPath>
{lines}
</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""

_THEME = TerminalTheme(
    (24, 26, 31),
    (218, 221, 227),
    [
        (24, 26, 31),
        (255, 107, 107),
        (126, 211, 127),
        (242, 201, 76),
        (110, 168, 254),
        (203, 153, 255),
        (94, 214, 214),
        (218, 221, 227),
    ],
    [
        (128, 134, 145),
        (255, 135, 135),
        (150, 230, 150),
        (255, 217, 102),
        (140, 188, 255),
        (220, 180, 255),
        (130, 230, 230),
        (255, 255, 255),
    ],
)


def printed(*, color: bool) -> str:
    """Give what the command prints in the example project, `WIDTH` columns wide."""
    done = subprocess.run(
        [sys.executable, "-m", "leaktight", "check", "--no-cache", "--color", "always" if color else "never", *FILES],
        cwd=SHOP,
        env={**os.environ, "COLUMNS": str(WIDTH), "PYTHONPATH": f"{ROOT / 'linter'}{os.pathsep}{ROOT / 'rules'}"},
        capture_output=True,
        check=False,
        timeout=120,
    )
    if done.returncode != 1 or done.stderr:
        raise RuntimeError(f"exit code {done.returncode}: {done.stderr.decode()}")
    return done.stdout.decode()


def drawn() -> str:
    """Give the picture of what is printed in colour."""
    console = Console(
        record=True, width=WIDTH, file=StringIO(), force_terminal=True, color_system="truecolor", legacy_windows=False
    )
    console.print(Text(f"$ leaktight check {' '.join(FILES)}", style="bold"))
    console.print(Text.from_ansi(printed(color=True)), soft_wrap=False)
    picture = console.export_svg(title="leaktight", theme=_THEME, code_format=_TEMPLATE, unique_id="leaktight")
    return "".join(f"{line.rstrip()}\n" for line in picture.splitlines())


if __name__ == "__main__":
    PICTURE.write_text(drawn(), encoding="utf-8")
