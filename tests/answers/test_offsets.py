from hypothesis import given
from hypothesis import strategies as st

from labelwright.answers.offsets import ShownOffsets, Utf16Offsets
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


@given(st.text(st.sampled_from("ab\r\n😀")))
def test_places_in_the_shown_text_are_those_of_the_text(text: str) -> None:
    """A page's markup shows one line feed for each CR LF and each CR; all else lies as it lay."""
    shown = text.replace("\r\n", "\n").replace("\r", "\n")
    offsets = ShownOffsets(text)
    assert offsets.length == len(shown)
    for start in range(len(shown)):
        for end in range(start + 1, len(shown) + 1):
            first, last = (
                offsets.code_point(units(shown[:place]), utf16=True) for place in (start, end)
            )
            assert (first, last) == (
                offsets.code_point(start, utf16=False),
                offsets.code_point(end, utf16=False),
            )
            found = text[first:last].replace("\r\n", "\n").replace("\r", "\n")
            assert found == shown[start:end]
    assert offsets.code_point(units(shown) + 1, utf16=True) is None
    assert offsets.code_point(len(shown) + 1, utf16=False) is None
    assert offsets.code_point(-1, utf16=False) is None
