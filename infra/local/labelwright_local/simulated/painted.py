"""Wait for what a page shows: until then, Chromium drops what is clicked or pressed."""

from playwright.sync_api import Frame, Page

#: A page's first paint is an event for it, and so is one that was before anybody listened.
PAINTED = """() => new Promise((done, failed) => {
  new PerformanceObserver((list) => {
    if (list.getEntriesByName("first-contentful-paint").length) requestAnimationFrame(done);
  }).observe({type: "paint", buffered: true});
  setTimeout(() => failed(new Error("nothing was painted in 20 seconds")), 20_000);
})"""


def wait_until_painted(shown: Page | Frame) -> None:
    """Wait until a page, or a frame, is on the screen.

    Chromium hands mouse and keys over from the first paint on: nobody can have seen what is there
    before.
    """
    shown.evaluate(PAINTED)
