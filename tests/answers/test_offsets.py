from hypothesis import given
from hypothesis import strategies as st

from labelwright.answers.offsets import Utf16Offsets
from tests import strategies


def units(text: str) -> int:
    """Return a text's length in UTF-16 as Python's own encoder has it."""
    return len(text.encode("utf-16-le")) // 2


@given(strategies.texts)
def test_every_boundary_is_that_of_pythons_own_encoder(text: str) -> None:
    """The UTF-16 length of each prefix leads back to that prefix's number of code points."""
    offsets = Utf16Offsets(text)
    assert offsets.length == units(text)
    for index in range(len(text) + 1):
        assert offsets.code_point(units(text[:index])) == index


@given(strategies.texts, st.integers(-3, 60))
def test_no_other_offset_is_one(text: str, offset: int) -> None:
    """Inside a surrogate pair and outside the text there is no code point offset."""
    boundaries = {units(text[:index]): index for index in range(len(text) + 1)}
    assert Utf16Offsets(text).code_point(offset) == boundaries.get(offset)
