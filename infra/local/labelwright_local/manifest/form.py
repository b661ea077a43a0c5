"""A manifest line's form: encoding, length, JSON; and how what is wrong with a line is told.

Values are people's texts: findings tell positions, keys and sizes, never a value.
"""

import codecs
import json
import math
import re
from collections import Counter
from typing import NamedTuple

from labelwright.contract.base import MAX_DEPTH, Json, load_json
from labelwright.contract.manifest import MAX_LINE_CHARACTERS, SOURCE, SOURCE_REF, TEXT_REF
from labelwright_local.findings import Finding, bad
from labelwright_local.manifest.lines import RawLine
from labelwright_local.printable import printable

_PYTHON = re.compile(r"[bBuU]?'|(None|True|False)\b")
_ONE_A_LINE = "write each object whole on a line of its own, for example with: jq -c . FILE"
_JSON_LIBRARY = "write the lines with a JSON library, such as Python's json.dumps(entry)"
_KEEP_FINITE = "leave the key out, or write null"


class ParsedLine(NamedTuple):
    """A line as JSON, as far as it is that.

    ``text`` is the line without end and byte order mark, None where it can't be decoded; ``value``
    is None where it is no JSON object.
    """

    text: str | None
    value: dict[str, Json] | None
    findings: list[Finding]


def parse_line(raw: RawLine) -> ParsedLine:
    """Parse a line; its findings are those of its form, not of its keys and values."""
    if raw.data is None:
        return ParsedLine(None, None, [_too_long(f"{raw.size:,} bytes")])
    data, findings = _without_mark(raw.data, raw.number)
    data = data.removesuffix(b"\n").removesuffix(b"\r")
    if not data.strip():
        return ParsedLine(None, None, [*findings, bad("the line is blank", "remove it")])
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        return ParsedLine(None, None, [*findings, _not_utf8(error)])
    if len(text) > MAX_LINE_CHARACTERS:
        findings.append(_too_long(f"{len(text):,} characters"))
    if "\r" in text:
        findings.append(
            bad(
                f"a carriage return without line feed at column {text.index(chr(13)) + 1}, where "
                "some readers end the line",
                r"end lines in \n or \r\n, and write a line break inside a value as \n",
            )
        )
    value, more = _parse(text)
    # A lone carriage return is why JSON ends there: it need not be told twice.
    return ParsedLine(text, value, findings if value is None and "\r" in text else findings + more)


def _without_mark(data: bytes, number: int) -> tuple[bytes, list[Finding]]:
    if not data.startswith(codecs.BOM_UTF8):
        return data, []
    finding = bad(
        "a byte order mark (BOM) stands before the JSON object",
        rf"save the file as UTF-8 without BOM: sed -i '{number}s/^\xEF\xBB\xBF//' FILE",
    )
    return data.removeprefix(codecs.BOM_UTF8), [finding]


def _too_long(size: str) -> Finding:
    return bad(
        f"the line has {size}, a line may have {MAX_LINE_CHARACTERS:,} characters",
        f"put long texts into files of their own and name them in '{SOURCE_REF}' or '{TEXT_REF}'",
    )


def _not_utf8(error: UnicodeDecodeError) -> Finding:
    return bad(
        f"not UTF-8 at byte {error.start + 1} of the line",
        "convert the file, for example with: iconv -f ISO-8859-1 -t UTF-8 FILE",
    )


class _Oddities:
    """What a JSON parser passes over in silence."""

    def __init__(self) -> None:
        self.findings: list[Finding] = []

    def pairs(self, pairs: list[tuple[str, Json]]) -> dict[str, Json]:
        made = dict(pairs)
        if len(made) < len(pairs):
            counts = Counter(key for key, _ in pairs)
            self.findings += [
                bad(
                    f"key '{printable(key)}' stands {count} times in the same object",
                    "keep one: which of them is read is not defined",
                )
                for key, count in counts.items()
                if count > 1
            ]
        return made

    def constant(self, name: str) -> float:
        self.findings.append(bad(f"{name} is no JSON value", _KEEP_FINITE))
        return math.nan

    def number(self, digits: str) -> float:
        found = float(digits)
        if not math.isfinite(found):
            self.findings.append(bad("a number is too large to be read", _KEEP_FINITE))
        return found


def _parse(text: str) -> tuple[dict[str, Json] | None, list[Finding]]:
    odd = _Oddities()
    try:
        value = json.loads(
            text,
            object_pairs_hook=odd.pairs,
            parse_constant=odd.constant,
            parse_float=odd.number,
        )
    except json.JSONDecodeError as error:
        return None, [_not_json(text, error)]
    except RecursionError:
        return None, [_too_deep()]
    except ValueError:
        return None, [bad("a number has too many digits", "write it as a string")]
    if text.count("[") + text.count("{") > MAX_DEPTH and _is_too_deep(text):
        return None, [_too_deep()]
    if not isinstance(value, dict):
        return None, [_not_an_object(value)]
    return value, odd.findings


def _is_too_deep(text: str) -> bool:
    """Ask the parser that all of Labelwright reads with."""
    try:
        load_json(text)
    except ValueError as error:
        return "nested" in str(error)
    return False


def _too_deep() -> Finding:
    return bad(
        f"values are nested more than {MAX_DEPTH} deep", "put such data into a file of its own"
    )


def _not_json(text: str, error: json.JSONDecodeError) -> Finding:
    place = f"at column {error.pos + 1}"
    if "\0" in text:
        return bad(
            f"not JSON: a null character at column {text.index(chr(0)) + 1}",
            "if the file is UTF-16, convert it: iconv -f UTF-16 -t UTF-8 FILE",
        )
    if _PYTHON.match(text, error.pos):
        return bad(
            f"not JSON but Python's notation (single quotes, None, True or False) {place}, as "
            "str() of a dict gives it",
            "write the lines with json.dumps(entry) instead of str(entry)",
        )
    if error.msg.startswith("Extra data"):
        return bad(f"more follows after the first JSON value {place}", _ONE_A_LINE)
    if not text[error.pos :].strip():
        return bad(f"not JSON: the line ends before the object does, {place}", _ONE_A_LINE)
    # Some messages end in what was found, some in "at".
    reason = error.msg.partition(":")[0].removesuffix(" at")
    return bad(f"not JSON: {reason} {place}", _JSON_LIBRARY)


def _not_an_object(value: Json) -> Finding:
    if isinstance(value, list):
        remedy = "write its elements one a line, each a JSON object: jq -c '.[]' FILE"
        return bad("a JSON array, not an object", remedy)
    remedy = f'write {{"{SOURCE}": …}} or {{"{SOURCE_REF}": "s3://bucket/key"}}'
    return bad(f"a JSON {json_type(value)}, not an object", remedy)


def json_type(value: Json) -> str:
    """Return what JSON calls the type of a value."""
    names: tuple[tuple[type, str], ...] = (
        (bool, "boolean"), (str, "string"), (list, "array"), (dict, "object"), (type(None), "null"),
    )  # fmt: skip
    return next((name for kind, name in names if isinstance(value, kind)), "number")
