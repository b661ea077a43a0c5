"""One file for what all benchmarks measure, and how it looks on the terminal."""

import json
import platform
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).resolve().parents[2]
RESULTS = ROOT / "build" / "benchmarks.json"

CONSOLE = Console()
if not CONSOLE.is_terminal:
    CONSOLE.width = 120


def merge(name: str, measured: dict[str, Any]) -> None:
    """Write one benchmark's figures; those of the others stay."""
    RESULTS.parent.mkdir(exist_ok=True)
    found = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.is_file() else {}
    found[name] = {"python": platform.python_version(), **measured}
    RESULTS.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")


def show(title: str, columns: Iterable[str], rows: Iterable[Iterable[str]]) -> None:
    """Print a table whose first column names the row."""
    table = Table("", title=title, title_justify="left")
    for column in columns:
        table.add_column(column, justify="right")
    for row in rows:
        table.add_row(*row)
    CONSOLE.print(table)
