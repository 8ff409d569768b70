"""The tables that a command's TABLE means."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from leaktight.catalog.table import Table
from leaktight.cli.output import say
from leaktight.registry import near


def chosen(tables: Iterable[Table], name: str | None) -> list[Table] | None:
    """Give the tables of a name, all without one, in the order of their names; None, and say so, where there is none.

    A name is given with or without what the table stands in: `orders`, `shop.orders`. One that the table has besides, as a
    model of dbt has that of what is built, is looked at where no table is called so.
    """
    known = sorted(tables, key=lambda table: table.name.folded)
    if name is None:
        return known
    wanted = tuple(part.strip('`"[]').lower() for part in name.split("."))
    found = [table for table in known if table.name.folded[-len(wanted) :] == wanted] or [
        table for table in known if any(one.name.folded[-len(wanted) :] == wanted for one in table.aliases)
    ]
    if found:
        return found
    if Path(name).is_dir():
        say(
            f"`{name}` is a folder, and a table's name was looked for: run the command in the folder to look at its tables."
        )
        return None
    names = [str(table.name) for table in known] + [table.name.name for table in known]
    rest = "" if known else "; no table of this project is"
    say(f"No table `{name}` is known{near(name, names) or f'{rest}.'}".replace("?.", "?"))
    return None
