"""How soon the worker page can be used, and a key shows: `python -m tests.benchmarks.page`.

Measured in Chromium. Interactive: from the start of the navigation, over loopback, to the first
task after the frame that follows DOMContentLoaded; the picture may come later. Key to paint: from
the time stamp of the key that labels a selection to the first task after the frame that follows.
Spans are suggestions, as many as a model or an earlier job would give.
"""

import os
import random
import statistics
import sys
from typing import Any, NamedTuple

from playwright.sync_api import Page

from tests.benchmarks.report import CONSOLE, merge, show
from tests.samples.documents import FOLDER
from tests.samples.draw_images import browser_page
from tests.samples.rendering import manifest, pre_label
from tests.web.page_server import serve_page

LOADS = 5
KEYS = 15
LABELS = ("BACKGROUND", "OBJECTIVES", "METHODS", "RESULTS", "CONCLUSIONS", "LIMITATIONS")


class Size(NamedTuple):
    """A text with spans, and the limits in ms; None where none is set."""

    characters: int
    spans: int
    interactive: float | None
    key: float | None


SIZES = {
    "5 kB, 50 spans": Size(5_000, 50, 300, 50),
    "100 kB, 1,000 spans": Size(100_000, 1_000, None, 150),
    "1 MB, 10,000 spans": Size(1_000_000, 10_000, 1_500, None),
}

WATCH = """<script>
addEventListener("DOMContentLoaded", () => requestAnimationFrame(() => setTimeout(() => {
  window.interactive = performance.now();
})));
addEventListener("keydown", (event) => requestAnimationFrame(() => setTimeout(() => {
  window.painted = performance.now() - event.timeStamp;
})), true);
</script>"""

#: Select a word in the n-th block that has one without a mark, and bring it into view.
SELECT = """(n) => {
  const blocks = document.querySelectorAll("#text [data-block]");
  const block = blocks[Math.floor(n * blocks.length)];
  block.scrollIntoView({ block: "center" });
  const plain = [...block.childNodes].filter((node) => node instanceof Text);
  const node = plain.find((node) => /\\w{4}/.test(node.data))
    ?? document.createTreeWalker(block, NodeFilter.SHOW_TEXT).nextNode();
  const from = Math.max(0, node.data.search(/\\w{4}/));
  document.getElementById("text").focus({ preventScroll: true });
  document.getSelection().setBaseAndExtent(node, from, node, Math.min(node.length, from + 4));
  window.painted = undefined;
  return document.querySelectorAll("#text mark:not(.pending)").length;
}"""


def task_input(size: Size) -> dict[str, Any]:
    """Return a task input of this size, the same on every run."""
    chance = random.Random(size.characters)
    words: list[str] = []
    length = 0
    while length < size.characters:
        word = "".join(chance.choices("abcdefghijklmnopqrstuvwxyz", k=chance.randint(1, 10)))
        words.append(word + chance.choices(" \n", (200, 1))[0])
        length += len(words[-1])
    text = "".join(words)[: size.characters]
    starts = [chance.randrange(size.characters - 200) for _ in range(size.spans)]
    spans = [
        {"start": start, "end": start + chance.randint(20, 120), "label": chance.choice(LABELS)}
        for start in starts
    ]
    made: dict[str, Any] = pre_label(FOLDER, manifest(FOLDER)[0])["taskInput"]
    return made | {"text": text, "initialSpans": spans}


def measure(page: Page, size: Size) -> dict[str, list[float]]:
    """Return the times in ms: of each load, and of each key."""
    interactive, keys = [], []
    with serve_page(FOLDER, task_input(size), WATCH) as address:
        for _ in range(LOADS):
            page.goto(address)
            page.wait_for_function("() => window.interactive")
            interactive.append(page.evaluate("() => window.interactive"))
        for n in range(KEYS):
            marked = page.evaluate(SELECT, (n + 0.5) / KEYS)
            page.wait_for_timeout(150)
            page.keyboard.press(str(1 + n % len(LABELS)))
            page.wait_for_function("() => window.painted")
            keys.append(page.evaluate("() => window.painted"))
            assert page.locator("#text mark:not(.pending)").count() > marked
    return {"interactive": interactive, "key_to_paint": keys}


def main() -> int:
    """Measure, print, write build/benchmarks.json; fails above a limit."""
    found: dict[str, dict[str, list[float]]] = {}
    with browser_page(1280, 1000) as page:
        for name, size in SIZES.items():
            found[name] = measure(page, size)
        version = page.context.browser.version if page.context.browser else ""
    rows, failed = [], 0
    for name, size in SIZES.items():
        row = [name]
        for times, limit in zip(found[name].values(), (size.interactive, size.key), strict=True):
            median = statistics.median(times)
            failed += limit is not None and median > limit
            row += [f"{median:.0f}", f"{min(times):.0f}", "" if limit is None else f"{limit:.0f}"]
        rows.append(row)
    columns = ("interactive", "fastest", "limit", "key to paint", "fastest", "limit")
    show(f"the worker page, ms, Chromium {version}", columns, rows)
    measured = {
        name: {what: [round(one, 1) for one in times] for what, times in both.items()}
        for name, both in found.items()
    }
    load, cores = os.getloadavg()[0], os.cpu_count()
    machine = {"chromium": version, "cores": cores, "load_average": round(load, 1)}
    merge("worker_page", machine | {"milliseconds": measured})
    CONSOLE.print(
        f"{failed} above their limit ({LOADS} loads and {KEYS} keys of each; medians), with a load "
        f"average of {load:.1f} on {cores} cores"
    )
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
