"""Fills a task's page in as a person does: by what its controls are called, with real clicks.

Radio buttons, check boxes and buttons are found by the label that they carry, the text by its
content, a drawing area by its element; so it works for the pages of our tasks, for stand-in crowd
elements and for most templates of others. Only where our own page calls a label otherwise (a
response's id: by the side that it is on) the control is found by the value that it stands for.
"""

import json
import math
from collections.abc import Sequence

from playwright.sync_api import ElementHandle, Error, Frame, Locator, Page

from labelwright.contract.base import Json
from labelwright.errors import UsageError
from labelwright.task.definition import FieldDefinition, Kind
from labelwright_local.simulated.painted import wait_until_painted
from labelwright_local.simulated.unasked import fill_unasked
from labelwright_local.simulated.worker import Box, Mark, Values

#: The innermost element whose content is exactly the text, looked for through open shadow roots.
_HOLDER = """(text) => {
  let found = null;
  const look = (node) => {
    for (const child of node.children) {
      if (child.textContent === text && child.checkVisibility()) found = child;
      look(child);
      if (child.shadowRoot) look(child.shadowRoot);
    }
  };
  look(document.body);
  return found;
}"""

#: Where a code point is drawn, scrolled into view: [left, right, middle of its height].
_PLACE = """(holder, at) => {
  let left = Array.from(holder.textContent).slice(0, at).join("").length;
  const walker = document.createTreeWalker(holder, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (left < node.length) {
      const range = document.createRange();
      range.setStart(node, left);
      range.setEnd(node, left + (node.data.codePointAt(left) > 0xffff ? 2 : 1));
      node.parentElement.scrollIntoView({ block: "nearest" });
      let box = range.getBoundingClientRect();
      const covered = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
      if (box.top < 0 || box.bottom > innerHeight || !covered || !holder.contains(covered)) {
        scrollBy(0, box.top - innerHeight / 2);
        box = range.getBoundingClientRect();
      }
      return [box.left, box.right, (box.top + box.bottom) / 2];
    }
    left -= node.length;
  }
  return null;
}"""


#: Milliseconds that a control may take to appear.
_PATIENCE = 5_000


class PageFiller:
    """One task's page: a frame of a portal's page."""

    def __init__(self, page: Page, frame: Frame, fields: Sequence[FieldDefinition]) -> None:
        self._page = page
        self._frame = frame
        self._fields = fields

    def fill(self, values: Values, text: str) -> None:
        """Give every field its value, and what no field asks for the plainest answer.

        What is suggested on the page is taken out first: a simulated worker judges for itself.

        Raises:
            UsageError: the page has no control for a value.
        """
        self._frame.get_by_role("button", name="Submit").first.wait_for()
        wait_until_painted(self._frame)
        self._forget()
        for field in self._fields:
            value = values[field.name]
            if field.kind is Kind.CHOICE:
                self._choose(field, value)
            elif field.kind is Kind.CHOICES:
                for label in value:
                    self._control(field, label).check()
            elif field.kind is Kind.NUMBER:
                self._nth("[role=slider], input[type=range], input[type=number]", field).fill(
                    str(value)
                )
            elif field.kind is Kind.TEXT:
                self._nth("textarea, input:not([type]), input[type=text]", field).fill(value)
            elif field.kind is Kind.SPANS:
                self._mark(field, value, text)
            elif field.kind is Kind.BOXES:
                self._draw(value)
        fill_unasked(self._page, self._frame)

    def _forget(self) -> None:
        """Delete the passages and shapes that the page began with, or reject them."""
        marked = self._frame.locator("button[title=Delete], button[title=Reject]")
        marked = marked.filter(visible=True)
        for _ in range(marked.count()):
            marked.first.click()

    def submit(self) -> None:
        """Press the page's own button."""
        self._frame.get_by_role("button", name="Submit").first.click()

    def _choose(self, field: FieldDefinition, label: Json) -> None:
        control = self._control(field, label)
        if control.evaluate("element => element.tagName === 'BUTTON'"):
            control.click()
        else:
            control.check()

    def _control(self, field: FieldDefinition, label: str) -> Locator:
        """Return what carries a label; fields that share one have it in their order."""
        own = self._own(field, label)
        if own.count():
            return own.first
        place = sum(
            label in other.labels
            for other in self._before(field)
            if other.kind in (Kind.CHOICE, Kind.CHOICES)
        )
        by_role = self._frame.get_by_role
        found = (
            by_role("radio", name=label, exact=True)
            .or_(by_role("checkbox", name=label, exact=True))
            .or_(by_role("switch", name=label, exact=True))
        )
        buttons = by_role("button", name=label, exact=True)
        try:
            found.or_(buttons).first.wait_for(timeout=_PATIENCE)
        except Error:
            found = buttons
        # Labels of spans and boxes are buttons, too: they count only where nothing else does.
        found = found if found.count() else buttons
        if found.count() > place:
            return found.nth(place)
        raise UsageError(
            f"field '{field.name}': the page has no radio button, check box or button that is "
            f"called '{label}', so a simulated worker can't choose it"
        )

    def _own(self, field: FieldDefinition, label: str) -> Locator:
        """Return the control that our page has for a label of a field."""
        group = json.dumps("labelwright-" + field.path.partition(".")[2], ensure_ascii=False)
        value = json.dumps(label, ensure_ascii=False)
        return self._frame.locator(f"#labelwright input[name={group}][value={value}]")

    def _nth(self, selector: str, field: FieldDefinition) -> Locator:
        """Return the control of this kind that is in the field's place among its like."""
        place = sum(other.kind is field.kind for other in self._before(field))
        found = self._frame.locator(selector).filter(visible=True)
        if found.count() <= place:
            raise UsageError(f"field '{field.name}': the page has no control for a {field.kind}")
        return found.nth(place)

    def _before(self, field: FieldDefinition) -> Sequence[FieldDefinition]:
        return self._fields[: self._fields.index(field)]

    def _mark(self, field: FieldDefinition, marks: Sequence[Mark], text: str) -> None:
        nothing = self._frame.get_by_role("checkbox", name="Nothing to mark")
        if not marks and nothing.count():
            nothing.check()
        holder = self._frame.evaluate_handle(_HOLDER, text).as_element() if marks else None
        if marks and holder is None:
            raise UsageError(f"field '{field.name}': the page does not show the text to mark")
        for mark in marks:
            if holder is not None:
                self._click(holder, mark.start, "left")
                self._page.keyboard.down("Shift")
                self._click(holder, mark.end - 1, "right")
                self._page.keyboard.up("Shift")
                self._frame.get_by_role("button", name=mark.label, exact=True).first.click()

    def _click(self, holder: ElementHandle, at: int, side: str) -> None:
        """Click on the left or the right edge of a character."""
        left, right, middle = holder.evaluate(_PLACE, at)
        x, y = self._origin()
        inset = min(1.0, (right - left) / 4)
        self._page.mouse.click(x + (left + inset if side == "left" else right - inset), y + middle)

    def _origin(self) -> tuple[float, float]:
        """Return where the frame's content begins in the window."""
        box = self._frame.frame_element().bounding_box()
        return (box["x"], box["y"]) if box else (0.0, 0.0)

    def _draw(self, boxes: Sequence[Box]) -> None:
        area = self._frame.locator("crowd-bounding-box svg[viewBox]").first
        area.wait_for(timeout=_PATIENCE)
        area.scroll_into_view_if_needed()
        place = area.bounding_box()
        if place is None or math.isclose(place["width"], 0):
            raise UsageError("the page shows no image to draw boxes on")
        for box in boxes:
            self._frame.get_by_role("button", name=box.label, exact=True).first.click()
            self._page.mouse.move(
                place["x"] + box.left * place["width"], place["y"] + box.top * place["height"]
            )
            self._page.mouse.down()
            self._page.mouse.move(
                place["x"] + (box.left + box.width) * place["width"],
                place["y"] + (box.top + box.height) * place["height"],
                steps=4,
            )
            self._page.mouse.up()
