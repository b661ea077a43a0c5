"""From the bytes of a text file to the text that offsets count in."""

import codecs

from labelwright.errors import TextEncodingError

#: More bytes than a page can show, with room for four bytes a character.
MAX_TEXT_BYTES = 1_000_000

#: What may be set instead: far more than a page can show, and fits into any function's memory.
LARGEST_TEXT_BYTES = 50_000_000

#: Byte order marks of encodings that are not UTF-8.
OTHER_MARKS = (
    (codecs.BOM_UTF32_LE, "UTF-32"),
    (codecs.BOM_UTF32_BE, "UTF-32"),
    (codecs.BOM_UTF16_LE, "UTF-16"),
    (codecs.BOM_UTF16_BE, "UTF-16"),
)


def decode_text(data: bytes, uri: str) -> str:
    """Decode UTF-8, without a byte order mark, line ends as they are.

    Raises:
        TextEncodingError: another encoding; names the file and the byte, and what to do.
    """
    for mark, name in OTHER_MARKS:
        if data.startswith(mark):
            raise TextEncodingError(
                f"{uri}: the text is {name}, as its byte order mark says; convert it to UTF-8"
            )
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise TextEncodingError(
            f"{uri}: the text is not UTF-8 at byte {error.start}; convert it (for example with "
            "'iconv -f ISO-8859-1 -t UTF-8') and upload it again"
        ) from None
