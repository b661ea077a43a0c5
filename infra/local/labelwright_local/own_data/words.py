"""What a new job says to workers when its labels are others than those of the ready task.

The ready task's own title and instructions speak of its sample (leaves, a lake), and so do names of
fields; these fit any labels, until the job's owner writes better ones.
"""

from collections.abc import Mapping
from textwrap import wrap
from typing import Any, NamedTuple, cast

import tomlkit
from tomlkit.items import String

from labelwright.task.definition import Kind

#: Longer paragraphs stand on several lines of the file.
_WIDE = 98


class Words(NamedTuple):
    """A title, instructions, and what the field is called: ``name`` in files, ``heading`` on pages.

    No ``heading``: the page shows none.
    """

    title: str
    instructions: str
    name: str
    heading: str | None = None


WORDS: Mapping[Kind, Words] = {
    Kind.CHOICE: Words(
        "Choose the label that fits best",
        "Look at all of it, then choose one label. When in doubt, choose the more likely: several "
        "people may answer for each.",
        "category",
    ),
    Kind.CHOICES: Words(
        "Choose every label that fits",
        "Look at all of it, then choose each label that fits.",
        "categories",
    ),
    Kind.BOXES: Words(
        "Draw a box around everything that a label names",
        "One box for each thing, as tight as you can, with all of it inside. Draw nothing where "
        "there is nothing, and submit.",
        "things",
    ),
    Kind.SPANS: Words(
        "Mark every passage that a label names",
        "Read the text. Select each passage that a label names, and press that label. Mark every "
        "mention, also of the same again, without punctuation around it.\n\n"
        'If there is nothing of the kind, tick "Nothing to mark".',
        "entities",
        "Marked passages",
    ),
}


def say_neutrally(document: tomlkit.TOMLDocument, number: int) -> None:
    """Give a definition the words for the kind of its field ``number``.

    The field keeps its name where another one has the new name.
    """
    fields: Any = document["fields"]
    field, names = fields[number], {each["name"] for each in fields}
    words = WORDS[Kind(field["kind"])]
    title = tomlkit.string(words.title)
    title.comment("fits any labels, as do the instructions: better say what yours are about")
    # Only what is there: a key added behind tables would belong to the last of them.
    for key, text in (("title", title), ("instructions", _several_lines(words.instructions))):
        if key in document:
            document[key] = text
    if words.name not in names:
        field["name"] = words.name
    if "title" in field and words.heading is not None:
        field["title"] = words.heading


def _several_lines(text: str) -> String:
    """Wrap paragraphs, with the backslashes by which they are one line each to TOML."""
    paragraphs = (" \\\n".join(wrap(each, _WIDE)) for each in text.split("\n\n"))
    joined = "\n\n".join(paragraphs)
    return cast("String", tomlkit.parse(f'x = """\n{joined}"""')["x"])
