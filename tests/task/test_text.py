import pytest
from hypothesis import given

from labelwright.errors import TextEncodingError
from labelwright.task.text import decode_text
from tests import strategies

URI = "s3://bucket/texts/a.txt"


@given(strategies.texts)
def test_text_is_exactly_what_was_encoded(text: str) -> None:
    """UTF-8 comes back to the character, line ends as they are; one byte order mark goes."""
    assert decode_text(b"\xef\xbb\xbf" + text.encode(), URI) == text
    if not text.startswith("\ufeff"):
        assert decode_text(text.encode(), URI) == text


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", ""),
        (b"\xef\xbb\xbf", ""),
        (b"a\r\nb\rc\n", "a\r\nb\rc\n"),
        ("e\u0301 \u2028 \U0001f600".encode(), "e\u0301 \u2028 \U0001f600"),
        (b"\x00", "\x00"),
    ],
)
def test_line_ends_and_odd_characters_stay(data: bytes, expected: str) -> None:
    """Nothing is normalised: offsets count in the text as it is."""
    assert decode_text(data, URI) == expected


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ("Käthe".encode("latin-1"), "not UTF-8 at byte 1"),
        ("Käthe".encode("cp1252"), "iconv"),
        ("Käthe".encode("utf-16"), "UTF-16"),
        (b"\xfe\xff" + "Käthe".encode("utf-16-be"), "UTF-16"),
        ("Käthe".encode("utf-32"), "UTF-32"),
        (b"\xed\xa0\x80", "not UTF-8 at byte 0"),
        (b"ok \xc3", "not UTF-8 at byte 3"),
    ],
)
def test_other_encodings_are_told_with_file_and_place(data: bytes, reason: str) -> None:
    """A text in another encoding is refused with its address and what to do, not its words."""
    with pytest.raises(TextEncodingError, match=reason) as caught:
        decode_text(data, URI)
    assert str(caught.value).startswith(URI)
    assert "the" not in str(caught.value).replace("the text", "")
