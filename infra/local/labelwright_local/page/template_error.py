"""What is wrong with a template, and where."""

import html
from typing import Final

from labelwright.errors import LabelwrightError

#: Lines of the template shown before and after the one with the fault.
_AROUND = 3
_MAX_LINE = 200


class TemplateError(LabelwrightError):
    """A template can't be made into a page.

    ``line`` and ``column`` count from 1, in characters; both are None where the fault has no place.
    ``message`` is for the template's author: it may repeat a piece of the task input, so it belongs
    on a page or a terminal, not in a log.
    """

    code = "template-invalid"

    def __init__(self, message: str, line: int | None = None, column: int | None = None) -> None:
        place = "" if line is None else f"line {line}, column {column}: "
        super().__init__(f"{place}{message}")
        self.message = message
        self.line = line
        self.column = column


def position(text: str, index: int) -> tuple[int, int]:
    """Return line and column, from 1, of a character; lines end with a line feed, as in editors."""
    before = text[:index]
    return before.count("\n") + 1, index - (before.rfind("\n") + 1) + 1


def error_page(template: str, error: TemplateError) -> str:
    """Return an HTML document that shows an error and the template's lines around it, escaped."""
    return _PAGE.format(message=html.escape(str(error)), excerpt=_excerpt(template, error))


def _excerpt(template: str, error: TemplateError) -> str:
    if error.line is None or error.column is None:
        return ""
    lines = template.split("\n")
    first = max(0, error.line - 1 - _AROUND)
    rows = []
    for number, text in enumerate(lines[first : error.line + _AROUND], first + 1):
        row = f"{number:>6} | {html.escape(text.rstrip(chr(13))[:_MAX_LINE])}"
        if number == error.line:
            row = f"<mark>{row}</mark>"
            if error.column <= _MAX_LINE:
                row += f"\n{'':>6} | {' ' * (error.column - 1)}^"
        rows.append(row)
    return f"<pre>{chr(10).join(rows)}</pre>"


#: Final, so that mypy compares what it is filled with to its fields.
_PAGE: Final = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>The template can't be rendered</title>
<style>
:root {{ color-scheme: light dark }}
body {{ font: 1rem/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem }}
pre {{ border: 1px solid; overflow-x: auto; padding: 1rem }}
</style>
</head>
<body>
<main>
<h1>The template can't be rendered</h1>
<p role="alert">{message}</p>
{excerpt}
</main>
</body>
</html>
"""
