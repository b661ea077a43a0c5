"""What simulated workers do with elements that no field of a task definition can ask for.

Masks, lines, rankings and questions pass through consolidation as they are, so nothing is known
to be true of them: each gets the plainest answer that its element takes.
"""

from playwright.sync_api import Frame, Locator, Page

_DRAWN = "crowd-semantic-segmentation, crowd-instance-segmentation, crowd-line"
_CLICKED = "crowd-polygon, crowd-polyline"
_RANKING = "crowd-text-ranking"
_QUESTIONS = "crowd-question-answer-generation"

#: Places on an image, as parts of its width and height.
_PLACES = ((0.4, 0.4), (0.6, 0.4), (0.6, 0.6))


def fill_unasked(page: Page, frame: Frame) -> None:
    """Answer every such element of a task's page: draw on it, rank in order, write a word."""
    for element in frame.locator(_DRAWN).all():
        points = _points(element)
        page.mouse.move(*points[0])
        page.mouse.down()
        page.mouse.move(*points[-1], steps=4)
        page.mouse.up()
    for element in frame.locator(_CLICKED).all():
        points = _points(element)
        for point in points:
            page.mouse.click(*point)
        # A polygon ends where it began, any other line where it is.
        is_polygon = element.evaluate("element => element.localName === 'crowd-polygon'")
        page.mouse.click(*points[0 if is_polygon else -1])
    for element in frame.locator(_RANKING).all():
        # Each is "dimension-response-rank"; ranks count from 1.
        for place in element.locator("input[data-at$='-1']").all():
            dimension, response, _ = (place.get_attribute("data-at") or "").split("-")
            rank = int(response) + 1
            element.locator(f"input[data-at='{dimension}-{response}-{rank}']").check()
    for element in frame.locator(_QUESTIONS).all():
        for field in element.locator("textarea[data-field]").all():
            part = (field.get_attribute("data-field") or "").split("-")[0]
            words = max(1, int(element.get_attribute(f"{part}-min-words") or 1))
            field.fill(" ".join(["word"] * words))


def _points(element: Locator) -> list[tuple[float, float]]:
    """Return places of the element's image in the window, scrolled into view."""
    area = element.locator("svg[viewBox]").first
    area.wait_for()
    area.scroll_into_view_if_needed()
    box = area.bounding_box() or {"x": 0.0, "y": 0.0, "width": 0.0, "height": 0.0}
    return [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in _PLACES]
