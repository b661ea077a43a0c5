"""Templates made to take long, which must be checked in proportion to their length.

``python -m tests.benchmarks.templates``. Each piece is repeated to 32,000, 64,000 and 128,000
characters, the most that a template may have; four times the length may take seven times as long.
"""

import sys
import time

from labelwright_local.page.liquid import render_page
from labelwright_local.page.template_error import TemplateError
from labelwright_local.template_check.check import check_template
from tests.benchmarks.report import CONSOLE, merge, show

SIZES = (32_000, 64_000, 128_000)
LIMIT = 7.0
#: Below this much time, chance decides about ratios.
LEAST = 0.02
PIECES = (
    ("{{", "", ""),
    ("{%", "", ""),
    ("{% raw %}", "", ""),
    ("{{", "{% comment %}", "{% endcomment %}"),
    ("<a ", "", ""),
    ("<a b='", "", ""),
    ("<!--", "", ""),
    ("<script>", "", ""),
    ("<script>{{a}}</script>", "", ""),
    ("(", "{{ ", " }}"),
    ("['a'x", "{{ a", " }}"),
    (".a", "{{ a", " }}"),
    (" | upcase", "{{ a", " }}"),
    (" ", "{% liquid\n echo a", "x %}"),
    ("{{ a }}", "", ""),
    ("{{ a | nope }}", "", ""),
    ("{% assign a = 1 %}", "", ""),
    ("{% elsif b %}", "{% if a %}", "{% endif %}"),
    ("{% when b %}", "{% case a %}", "{% endcase %}"),
    ("url( ", "<style>", "</style>"),
)
#: Pages that take all the steps that a page may, each another way.
PAGES = (
    "{% for i in (1..900000) %}{% endfor %}" * 3,
    "{% for i in (1..100000) %}{% assign x = i | plus: 1 | append: 'a' %}{% endfor %}" * 3,
    "{% for i in (1..100000) %}{% if task.input.list == task.input.other %}{% endif %}{% endfor %}",
    "{% for i in (1..100000) %}{% assign x = task.input.text | squish %}{% endfor %}",
    "{% for i in (1..100000) %}{% ifchanged %}{{ task.input.text }}{% endifchanged %}{% endfor %}",
)


def main() -> int:
    """Measure, print, write build/benchmarks.json; fails above the limit."""
    checks = {}
    for piece, before, after in PIECES:
        name = f"{before}{piece}…{after}"
        checks[name] = [
            _seconds(before + piece * ((size - len(before + after)) // len(piece)) + after)
            for size in SIZES
        ]
    ratios = {name: found[-1] / max(LEAST, found[0]) for name, found in checks.items()}
    show(
        "checking a template, ms",
        [f"{size:,}" for size in SIZES],
        ((name, *(f"{1000 * one:.0f}" for one in found)) for name, found in checks.items()),
    )
    pages = {page[:60]: _page(page) for page in PAGES}
    show("a page until it is stopped, s", ["s"], ((name, f"{s:.1f}") for name, s in pages.items()))
    worst = max(ratios.values())
    CONSOLE.print(f"largest ratio {worst:.1f}, limit {LIMIT}")
    merge("templates", {"checks": checks, "pages": pages, "worst ratio": round(worst, 2)})
    return int(worst > LIMIT)


def _seconds(template: str) -> float:
    seconds = []
    for _ in range(3):
        began = time.process_time()
        check_template(template, {"a": 1})
        seconds.append(time.process_time() - began)
    return min(seconds)


def _page(template: str) -> float:
    values = {"text": "é " * 300_000, "list": list(range(100_000)), "other": list(range(100_000))}
    began = time.process_time()
    try:
        render_page(template, values, str)
    except TemplateError:
        return time.process_time() - began
    raise AssertionError("the page was made")


if __name__ == "__main__":
    sys.exit(main())
