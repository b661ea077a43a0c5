"""What the portal's tests ask of a page in a browser: what axe says of it, and where it is."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Page

AXE = Path(__file__).parents[3] / "web" / "node_modules" / "axe-core" / "axe.min.js"


def violations(page: Page) -> list[str]:
    """Return what axe finds wrong, frames left out; the page's context must bypass its policy."""
    page.add_script_tag(path=AXE)
    found: list[dict[str, Any]] = page.evaluate(
        "async () => (await axe.run(document, {iframes: false})).violations"
    )
    return [f"{item['id']}: {node['html'][:120]}" for item in found for node in item["nodes"]]


def elsewhere(page: Page, address: str) -> None:
    """Wait until the page is no longer at an address."""
    page.wait_for_url(lambda url: str(url) != address)
