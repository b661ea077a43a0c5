"""What is wrong with a manifest, line by line: where, why, and what to do about it.

The rules are Ground Truth's (contract section 4,
https://docs.aws.amazon.com/sagemaker/latest/dg/sms-input-data-input-manifest.html) and those of our
own pre-labeling. Values are people's texts: findings tell positions, keys and sizes, never a value.
"""

import codecs
import hashlib
import json
import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import NamedTuple

from labelwright.contract.base import Json, load_json
from labelwright.contract.manifest import (
    MAX_ATTRIBUTE_CHARACTERS,
    MAX_LINE_CHARACTERS,
    METADATA,
    METADATA_SUFFIX,
    SOURCE,
    SOURCE_REF,
    TEXT_REF,
    label_attribute_fault,
)
from labelwright.contract.s3_uri import S3Uri
from labelwright_local.manifest_lines import RawLine, members

#: Objects that a job takes (20,000 for semantic segmentation, which is no custom job).
MAX_OBJECTS = 100_000

_MAX_SHOWN = 60
_MAX_NESTING = 100
_OTHER_MARKS = (
    (codecs.BOM_UTF32_LE, "UTF-32"),
    (codecs.BOM_UTF32_BE, "UTF-32"),
    (codecs.BOM_UTF16_LE, "UTF-16"),
    (codecs.BOM_UTF16_BE, "UTF-16"),
)
_PYTHON = re.compile(r"[bBuU]?'|(None|True|False)\b")
_ONE_A_LINE = "write each object whole on a line of its own, for example with: jq -c . FILE"
_JSON_LIBRARY = "write the lines with a JSON library, such as Python's json.dumps(entry)"
_KEEP_FINITE = "leave the key out, or write null"


class Severity(StrEnum):
    """How bad a finding is; only errors make a line bad."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class Finding(NamedTuple):
    """What was found in a line; ``line`` is None for the file as a whole."""

    line: int | None
    severity: Severity
    reason: str
    remedy: str


class Fault(NamedTuple):
    """What was found, before it is known where."""

    severity: Severity
    reason: str
    remedy: str


class ParsedLine(NamedTuple):
    """A line as JSON, as far as it is that.

    ``text`` is the line without end and byte order mark, None where it can't be decoded; ``value``
    is None where it is no JSON object.
    """

    text: str | None
    value: dict[str, Json] | None
    faults: list[Fault]


def show(text: str, limit: int | None = _MAX_SHOWN) -> str:
    r"""Return a key as it may be printed: cut, and with control characters as ``\xNN``."""
    cut = text if limit is None or len(text) <= limit else text[:limit] + "…"
    return "".join(char if char.isprintable() else _escaped(char) for char in cut)


def _escaped(char: str) -> str:
    code = ord(char)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


class ManifestCheck:
    """One pass over a manifest; the counts are those of the lines seen so far.

    What is kept of an object is a hash and the number of its line, by which repeated objects are
    found, and not even that beyond the number of objects that a job takes.
    """

    def __init__(self) -> None:
        self.objects = 0
        self.counts = dict.fromkeys(Severity, 0)
        self._first_seen: dict[bytes, int] = {}
        self._crlf = 0
        self._lf = 0

    def run(self, lines: Iterable[RawLine]) -> Iterator[Finding]:
        """Yield what is wrong, in the order of lines; what concerns the whole file comes last."""
        for finding in self._findings(lines):
            self.counts[finding.severity] += 1
            yield finding

    def _findings(self, lines: Iterable[RawLine]) -> Iterator[Finding]:
        for raw in lines:
            other = _other_encoding(raw)
            if other is not None:
                yield Finding(raw.number, *other)
                return
            self._count_line_end(raw)
            parsed = check_line(raw)
            for fault in parsed.faults:
                yield Finding(raw.number, *fault)
            if raw.data is not None and not raw.data.strip():
                continue
            self.objects += 1
            if self.objects == MAX_OBJECTS + 1:
                yield Finding(raw.number, *_too_many())
            if parsed.value is not None:
                yield from self._repeated(raw.number, parsed.value)
        yield from self._whole_file()

    def _count_line_end(self, raw: RawLine) -> None:
        if raw.data is not None and raw.data.endswith(b"\n"):
            if raw.data.endswith(b"\r\n"):
                self._crlf += 1
            else:
                self._lf += 1

    def _repeated(self, number: int, value: dict[str, Json]) -> Iterator[Finding]:
        key = SOURCE if value.get(SOURCE) is not None else SOURCE_REF
        if value.get(key) is None or self.objects > MAX_OBJECTS:
            return
        identity = json.dumps([key, value[key]], sort_keys=True).encode()
        first = self._first_seen.setdefault(
            hashlib.blake2b(identity, digest_size=16).digest(), number
        )
        if first != number:
            yield Finding(
                number,
                Severity.NOTE,
                f"the same '{key}' as in line {first}",
                "if that is not meant, remove one: workers would label the object twice",
            )

    def _whole_file(self) -> Iterator[Finding]:
        if self.objects == 0:
            yield Finding(
                None,
                Severity.ERROR,
                "no objects in it",
                f'write a line for each object, such as {{"{SOURCE_REF}": "s3://bucket/key"}}',
            )
        if self._crlf and self._lf:
            yield Finding(
                None,
                Severity.WARNING,
                f"line ends are mixed: CRLF in {_lines(self._crlf)}, LF in {_lines(self._lf)}",
                r"Ground Truth takes both; to make them alike: sed -i 's/\r$//' FILE",
            )
        elif self._crlf:
            yield Finding(
                None,
                Severity.NOTE,
                f"line ends are CRLF ({_lines(self._crlf)})",
                "Ground Truth takes that, nothing need be done",
            )


def _lines(count: int) -> str:
    return "1 line" if count == 1 else f"{count:,} lines"


def _too_many() -> Fault:
    return Fault(
        Severity.ERROR,
        f"from here on there are more than {MAX_OBJECTS:,} objects, the most that a job takes",
        f"make several manifests: split -l {MAX_OBJECTS} FILE",
    )


def _other_encoding(raw: RawLine) -> Fault | None:
    """Tell an encoding in which not even the lines can be told apart."""
    if raw.number != 1 or raw.data is None:
        return None
    for mark, name in _OTHER_MARKS:
        if raw.data.startswith(mark):
            return Fault(
                Severity.ERROR,
                f"the file is {name}, as its byte order mark says; nothing else was checked",
                f"save it as UTF-8 without byte order mark: iconv -f {name} -t UTF-8 FILE",
            )
    return None


def check_line(raw: RawLine) -> ParsedLine:
    """Parse a line and find what is wrong with it alone."""
    parsed = parse_line(raw)
    if parsed.text is None or parsed.value is None:
        return parsed
    faults = [*parsed.faults, *_line_faults(parsed.text, parsed.value)]
    return parsed._replace(faults=faults)


def parse_line(raw: RawLine) -> ParsedLine:
    """Parse a line; its faults are those of its form, not of its keys and values."""
    if raw.data is None:
        return ParsedLine(None, None, [_too_long(f"{raw.size:,} bytes")])
    data, faults = _without_mark(raw.data)
    data = data.removesuffix(b"\n").removesuffix(b"\r")
    if not data.strip():
        return ParsedLine(None, None, [*faults, _error("the line is blank", "remove it")])
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        return ParsedLine(None, None, [*faults, _not_utf8(error)])
    if len(text) > MAX_LINE_CHARACTERS:
        faults.append(_too_long(f"{len(text):,} characters"))
    if "\r" in text:
        faults.append(
            _error(
                f"a carriage return without line feed at column {text.index(chr(13)) + 1}, where "
                "some readers end the line",
                r"end lines in \n or \r\n, and write a line break inside a value as \n",
            )
        )
    value, more = _parse(text)
    # A lone carriage return is why JSON ends there: it need not be told twice.
    return ParsedLine(text, value, faults if value is None and "\r" in text else faults + more)


def _error(reason: str, remedy: str) -> Fault:
    return Fault(Severity.ERROR, reason, remedy)


def _without_mark(data: bytes) -> tuple[bytes, list[Fault]]:
    if not data.startswith(codecs.BOM_UTF8):
        return data, []
    fault = _error(
        "a byte order mark (BOM) stands before the JSON object",
        r"save the file as UTF-8 without BOM: sed -i '1s/^\xEF\xBB\xBF//' FILE",
    )
    return data.removeprefix(codecs.BOM_UTF8), [fault]


def _too_long(size: str) -> Fault:
    return _error(
        f"the line has {size}, a line may have {MAX_LINE_CHARACTERS:,} characters",
        f"put long texts into files of their own and name them in '{SOURCE_REF}' or '{TEXT_REF}'",
    )


def _not_utf8(error: UnicodeDecodeError) -> Fault:
    return _error(
        f"not UTF-8 at byte {error.start + 1} of the line",
        "convert the file, for example with: iconv -f ISO-8859-1 -t UTF-8 FILE",
    )


class _Oddities:
    """What a JSON parser passes over in silence."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []

    def pairs(self, pairs: list[tuple[str, Json]]) -> dict[str, Json]:
        made = dict(pairs)
        if len(made) < len(pairs):
            counts = Counter(key for key, _ in pairs)
            self.faults += [
                _error(
                    f"key '{show(key)}' stands {count} times in the same object",
                    "keep one: which of them is read is not defined",
                )
                for key, count in counts.items()
                if count > 1
            ]
        return made

    def constant(self, name: str) -> float:
        self.faults.append(_error(f"{name} is no JSON value", _KEEP_FINITE))
        return math.nan

    def number(self, digits: str) -> float:
        found = float(digits)
        if not math.isfinite(found):
            self.faults.append(_error("a number is too large to be read", _KEEP_FINITE))
        return found


def _parse(text: str) -> tuple[dict[str, Json] | None, list[Fault]]:
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
        return None, [_error("a number has too many digits", "write it as a string")]
    if text.count("[") + text.count("{") > _MAX_NESTING and _is_too_deep(text):
        return None, [_too_deep()]
    if not isinstance(value, dict):
        return None, [_not_an_object(value)]
    return value, odd.faults


def _is_too_deep(text: str) -> bool:
    """Ask the parser that all of Labelwright reads with."""
    try:
        load_json(text)
    except ValueError as error:
        return "nested" in str(error)
    return False


def _too_deep() -> Fault:
    return _error(
        f"values are nested more than {_MAX_NESTING} deep", "put such data into a file of its own"
    )


def _not_json(text: str, error: json.JSONDecodeError) -> Fault:
    place = f"at column {error.pos + 1}"
    if "\0" in text:
        return _error(
            f"not JSON: a null character at column {text.index(chr(0)) + 1}",
            "if the file is UTF-16, convert it: iconv -f UTF-16 -t UTF-8 FILE",
        )
    if _PYTHON.match(text, error.pos):
        return _error(
            f"not JSON but Python's notation (single quotes, None, True or False) {place}, as "
            "str() of a dict gives it",
            "write the lines with json.dumps(entry) instead of str(entry)",
        )
    if error.msg.startswith("Extra data"):
        return _error(f"more follows after the first JSON value {place}", _ONE_A_LINE)
    if not text[error.pos :].strip():
        return _error(f"not JSON: the line ends before the object does, {place}", _ONE_A_LINE)
    # Some messages end in what was found, some in "at".
    reason = error.msg.partition(":")[0].removesuffix(" at")
    return _error(f"not JSON: {reason} {place}", _JSON_LIBRARY)


def _not_an_object(value: Json) -> Fault:
    if isinstance(value, list):
        remedy = "write its elements one a line, each a JSON object: jq -c '.[]' FILE"
        return _error("a JSON array, not an object", remedy)
    remedy = f'write {{"{SOURCE}": …}} or {{"{SOURCE_REF}": "s3://bucket/key"}}'
    return _error(f"a JSON {_type(value)}, not an object", remedy)


def _type(value: Json) -> str:
    names: tuple[tuple[type, str], ...] = (
        (bool, "boolean"), (str, "string"), (list, "array"), (dict, "object"), (type(None), "null"),
    )  # fmt: skip
    return next((name for kind, name in names if isinstance(value, kind)), "number")


def _line_faults(text: str, line: dict[str, Json]) -> Iterator[Fault]:
    yield from _source_faults(line)
    yield from _text_faults(line)
    for key in line:
        if key.startswith("$"):
            remedy = "rename it; Ground Truth keeps such names for itself"
            yield _error(f"key '{show(key)}' starts with '$'", remedy)
        if key.endswith(METADATA_SUFFIX):
            yield from _label_faults(line, key.removesuffix(METADATA_SUFFIX))
    if len(text) > MAX_ATTRIBUTE_CHARACTERS:
        yield from _size_faults(text)


def _source_faults(line: dict[str, Json]) -> Iterator[Fault]:
    source, address = line.get(SOURCE), line.get(SOURCE_REF)
    if source is None and address is None:
        near = next((key for key in line if _is_near(key)), None)
        what = f"rename '{show(near)}': " if near is not None else ""
        yield _error(
            f"neither '{SOURCE}' nor '{SOURCE_REF}'",
            f"{what}every line needs '{SOURCE}' (the text to label) or '{SOURCE_REF}' (the "
            "s3:// address of the file to label)",
        )
    if source is not None and not isinstance(source, str):
        yield Fault(
            Severity.WARNING,
            f"'{SOURCE}' is of type {_type(source)}, Ground Truth describes it as text",
            "write a string, or make sure that your page can show it",
        )
    elif source is not None and not source.strip():
        remedy = "remove the line, unless workers are to label an empty text"
        yield Fault(Severity.WARNING, f"'{SOURCE}' is empty", remedy)
    if address is not None:
        yield from _address_faults(SOURCE_REF, address)


def _is_near(key: str) -> bool:
    plain = re.sub(r"[-_\s]", "", key).lower()
    return plain in ("source", "sourceref") and key not in (SOURCE, SOURCE_REF)


def _address_faults(key: str, address: Json) -> Iterator[Fault]:
    remedy = "write s3://bucket/key, the address of one file"
    if not isinstance(address, str):
        yield _error(f"'{key}' is of type {_type(address)}, not an s3:// address", remedy)
    elif address.startswith("https://") and key == SOURCE_REF:
        yield Fault(
            Severity.WARNING,
            f"'{key}' is an https:// address; Ground Truth describes only objects in S3",
            f"{remedy}: only that can be opened to workers by grant_read_access",
        )
    elif not address.startswith("s3://"):
        yield _error(f"'{key}' does not start with s3://", remedy)
    else:
        try:
            S3Uri.parse(address)
        except ValueError as error:
            yield _error(f"'{key}': {error}", remedy)


def _text_faults(line: dict[str, Json]) -> Iterator[Fault]:
    """Tell what our pre-labeling would refuse of a line that names a text file."""
    if line.get(TEXT_REF) is None:
        return
    yield from _address_faults(TEXT_REF, line[TEXT_REF])
    metadata = line.get(METADATA)
    if metadata is not None and not isinstance(metadata, dict):
        yield _error(
            f"'{METADATA}' is of type {_type(metadata)} beside '{TEXT_REF}'",
            "make it an object: pre-labeling adds the text's address to it",
        )


def _label_faults(line: dict[str, Json], attribute: str) -> Iterator[Fault]:
    fault = label_attribute_fault(attribute)
    metadata = line[attribute + METADATA_SUFFIX]
    if fault is None or (attribute.endswith("-ref") and _is_built_in(metadata)):
        return
    is_label = isinstance(metadata, dict) and (
        attribute in line or "job-name" in metadata or "failure-reason" in metadata
    )
    yield Fault(
        Severity.ERROR if is_label else Severity.WARNING,
        f"'{show(attribute)}{METADATA_SUFFIX}' stands for a label attribute '{show(attribute)}', "
        f"which can't be one: {fault}",
        "rename it"
        if attribute in (SOURCE, SOURCE_REF) or attribute not in line
        else f"rename both '{show(attribute)}' and '{show(attribute)}{METADATA_SUFFIX}'",
    )


def _is_built_in(metadata: Json) -> bool:
    """Tell the labels of segmentation jobs, which do end in ``-ref``."""
    kind = metadata.get("type") if isinstance(metadata, dict) else None
    return isinstance(kind, str) and kind.lower() != "groundtruth/custom"


def _size_faults(text: str) -> Iterator[Fault]:
    for member in members(text):
        whole = member.value if isinstance(member.value, str) else None
        size = len(whole) if whole is not None else member.end - member.value_start
        if size > MAX_ATTRIBUTE_CHARACTERS:
            yield _error(
                f"the value of '{show(member.key)}' has {size:,} characters, an attribute may have "
                f"{MAX_ATTRIBUTE_CHARACTERS:,}",
                f"put it into a file and name that: '{TEXT_REF}' for the text"
                if member.key == SOURCE
                else "shorten it, or put it into a file and give its address",
            )
