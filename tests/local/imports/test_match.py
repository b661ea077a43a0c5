"""Which object of a manifest another tool's entry is about."""

from typing import Any

import pytest

from labelwright_local.imports.match import AMBIGUOUS, NO_OBJECT, OTHER_TEXT, Objects
from labelwright_local.imports.model import Names

OBJECTS = Objects(
    enumerate(
        [
            {"source": "first", "id": "n1"},
            {"source": "twice"},
            {"source": "twice", "id": 7},
            {"source-ref": "s3://bucket/cats/a b.png"},
            {"source-ref": "images/dogs/a b.png", "id": "n1"},
            {"source-ref": "images/é.png"},
            {"source-ref": "s3://bucket/page.png", "text-file-s3-uri": "s3://bucket/page.txt"},
            {"source-ref": 3, "id": None, "source": None},
        ],
        1,
    )
)


@pytest.mark.parametrize(
    ("names", "lines"),
    [
        (Names(texts=("first",)), (1,)),
        (Names(texts=("twice",)), (2, 3)),
        (Names(texts=("first",), ids=("7",)), (1,)),
        (Names(ids=("7",)), (3,)),
        (Names(files=("cats/a b.png",)), (4,)),
        (Names(files=("s3://bucket/cats/a b.png",)), (4,)),
        (Names(files=("/data/local-files/?d=dogs/a%20b.png",)), (5,)),
        (Names(files=("https://host/cats/a%20b.png?X-Sig=1",)), (4,)),
        (Names(files=("/data/upload/3/0a1b2c3d-page.png",)), (7,)),
        (Names(files=("page.txt",)), (7,)),
        (Names(files=("dogs\\a b.png",)), (5,)),
        (Names(files=("e\u0301.png",)), (6,)),
        (Names(files=("no.png", "page.png")), (7,)),
    ],
)
def test_an_object_is_found_by_text_file_or_id(names: Names, lines: tuple[int, ...]) -> None:
    """Whatever way the other tool writes its file's name; a text is surest."""
    assert OBJECTS.find(names) == lines


@pytest.mark.parametrize(
    ("names", "reason"),
    [
        (Names(), NO_OBJECT),
        (Names(texts=("First",)), NO_OBJECT),
        (Names(files=("A b.png",)), NO_OBJECT),
        (Names(files=("http://[", "")), NO_OBJECT),
        (Names(files=("a b.png",)), AMBIGUOUS),
        (Names(texts=("other",), ids=("7",)), OTHER_TEXT),
    ],
)
def test_what_is_not_found_is_told(names: Names, reason: str) -> None:
    """Nothing is guessed: a suggestion on another object is worse than none."""
    assert OBJECTS.find(names) == reason


def test_an_id_of_several_objects_means_them_all() -> None:
    """As a text does."""
    assert OBJECTS.find(Names(ids=("n1",))) == (1, 5)


def test_lines_of_any_shape_are_looked_at() -> None:
    """What is no name is none."""
    odd: Any = {"source": ["x"], "source-ref": "", "id": True}
    assert Objects([(1, odd)]).find(Names(ids=("True",))) == NO_OBJECT


def test_a_text_in_a_file_is_known_where_it_can_be_read() -> None:
    """It is the object's text, whatever its source is."""
    texts = {"s3://b/1.txt": "first"}
    lines = [
        {"source-ref": "s3://b/1.png", "text-file-s3-uri": "s3://b/1.txt"},
        {"source-ref": "s3://b/2.png", "text-file-s3-uri": "s3://b/2.txt", "id": "n2"},
    ]
    found = Objects(enumerate(lines, 1), texts.get)
    assert found.find(Names(texts=("first",))) == (1,)
    assert found.find(Names(texts=("second",))) == NO_OBJECT
    assert found.find(Names(texts=("second",), ids=("n2",))) == (2,)
