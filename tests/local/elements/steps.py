"""What is done in a template by keyboard, and what is to come of it."""

from typing import Any, NamedTuple

IMAGE = "s3://sample/bird.png"
BIRD = "\U0001f426"
TEXT = f"Ada {BIRD} wrote to Charles Babbage on 5 June 1843.\nShe signed it."


class Tab(NamedTuple):
    """Go to a control, by its role and name, with the Tab key."""

    role: Any
    name: str


class Press(NamedTuple):
    """Press a key some times."""

    key: str
    times: int = 1


class Type(NamedTuple):
    """Type a text."""

    text: str


class Sees(NamedTuple):
    """Check that a text is shown."""

    text: str


Step = Tab | Press | Type | Sees
SUBMIT = (Tab("button", "Submit"), Press("Enter"))


class Case(NamedTuple):
    """What is done in a template, the answer, and the kinds of fields it is read as."""

    template: str
    task_input: dict[str, Any]
    steps: tuple[Step, ...]
    answer: dict[str, Any]
    kinds: dict[str, str]


SIZE = {"height": 100, "width": 200}
