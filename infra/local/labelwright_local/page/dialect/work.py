"""What making one page may cost, counted in steps and not by the clock.

A step is a part of a template that is rendered once more by a loop, an element of a list that a
filter or a comparison looks at, or 512 characters of a text that it does. So whether a page can be
made depends on the template and its data alone, not on the machine.
"""

import sys
from typing import Any

from liquid import BoundTemplate, RenderContext
from liquid.exceptions import LocalNamespaceLimitError, ResourceLimitError
from liquid.undefined import Undefined

#: Steps of a page. The slowest take some microseconds, so a page that needs all takes seconds.
MAX_STEPS = 2_000_000
#: Elements of a list or a range: what no loop may go over need not be made.
MAX_ELEMENTS = 1_000_000
#: Characters of a text that a filter makes.
MAX_CHARACTERS = 16 * 2**20
#: Bits of a whole number: more decimal digits than Python prints (4,300).
MAX_BITS = 15_000

_CHARACTERS_A_STEP = 512


class Work:
    """The steps that making a page has taken."""

    def __init__(self) -> None:
        self.steps = 0

    def spend(self, steps: int) -> None:
        """Count steps.

        Raises:
            ResourceLimitError: they were too many.
        """
        self.steps += steps
        if self.steps > MAX_STEPS:
            raise ResourceLimitError(
                f"making the page takes more than {MAX_STEPS:,} steps", token=None
            )

    def look_at(self, value: object, *, times: int = 1) -> None:
        """Count what it takes to look at all of a value, so many times."""
        self.spend(times * weigh(value, MAX_STEPS)[0])


def steps_for(text: str) -> int:
    """Return the steps of looking at a text, or of writing it."""
    return 1 + len(text) // _CHARACTERS_A_STEP


def weigh(value: object, most: int) -> tuple[int, int]:
    """Return the steps it takes to look at a value and all in it, and the characters of its texts.

    Counting stops soon after ``most`` steps: a list that holds the same one again and again can be
    larger than any memory when it is written out.
    """
    steps = characters = 0
    waiting: list[Any] = [value]
    while waiting and steps <= most:
        value = waiting.pop()
        steps += steps_for(value) if isinstance(value, str) else 1
        if isinstance(value, str):
            characters += len(value)
        elif isinstance(value, list | tuple):
            waiting.extend(value)
        elif isinstance(value, dict):
            waiting.extend(value)
            waiting.extend(value.values())
        elif isinstance(value, range):
            steps += len(value)
    return steps, characters


def elements(value: object) -> int:
    """Return how many elements a filter finds in a list, those of lists in it included."""
    if isinstance(value, range):
        return len(value)
    if not isinstance(value, list | tuple):
        return 0 if value is None or isinstance(value, Undefined) else 1
    count = 0
    waiting = [iter(value)]
    while waiting and count <= MAX_ELEMENTS:
        for element in waiting[-1]:
            if isinstance(element, list | tuple):
                waiting.append(iter(element))
                break
            count += 1
        else:
            waiting.pop()
    return count


def within(count: int, most: int, what: str) -> None:
    """Hold a size to its limit.

    Raises:
        ResourceLimitError: it is larger.
    """
    if count > most:
        raise ResourceLimitError(f"more than {most:,} {what}", token=None)


class CountedContext(RenderContext):
    """The state of a page that is being made, with what that has taken so far."""

    __slots__ = ("_held", "_sizes", "work")

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self.work = Work()
        self._sizes: dict[str, int] = {}
        self._held = 0

    def assign(self, key: str, val: Any) -> None:
        """Keep a value; python-liquid would measure all others again."""
        self.locals[key] = val
        size = sys.getsizeof(val, 1)
        self._held += size - self._sizes.get(key, 0)
        self._sizes[key] = size
        if self._held > (self.env.local_namespace_limit or sys.maxsize):
            raise LocalNamespaceLimitError("local namespace limit reached", token=None)


class CountedTemplate(BoundTemplate):
    """A template whose pages are made within limits."""

    context_class = CountedContext


def work_of(context: RenderContext) -> Work:
    """Return what making this page has taken."""
    assert isinstance(context, CountedContext)  # noqa: S101 - python-liquid names its own class
    return context.work
