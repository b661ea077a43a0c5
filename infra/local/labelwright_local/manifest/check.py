"""What is wrong with a manifest, line by line: where, why, and what to do about it.

The rules are Ground Truth's (contract section 4,
https://docs.aws.amazon.com/sagemaker/latest/dg/sms-input-data-input-manifest.html) and those of our
own pre-labeling. Values are people's texts: findings tell positions, keys and sizes, never a value.
"""

import codecs
import hashlib
import json
from collections.abc import Iterable, Iterator

from labelwright.contract.base import Json, load_json
from labelwright.contract.manifest import SOURCE, SOURCE_REF
from labelwright.task.text import OTHER_MARKS
from labelwright_local.findings import Finding, Severity
from labelwright_local.manifest.form import ParsedLine, parse_line
from labelwright_local.manifest.lines import RawLine
from labelwright_local.manifest.rules import RelativePaths, line_findings
from labelwright_local.printable import counted
from labelwright_local.workspace.relative_paths import FILE_KEYS, is_relative

#: Objects that a job takes (20,000 for semantic segmentation, which is no custom job).
MAX_OBJECTS = 100_000


class ManifestCheck:
    """One pass over a manifest; the counts are those of the lines seen so far.

    What is kept of an object is a hash and the number of its line, by which repeated objects are
    found, and not even that beyond the number of objects that a job takes. ``relative`` says where
    relative paths begin; without it none is accepted.
    """

    def __init__(self, relative: RelativePaths | None = None) -> None:
        self._paths = relative
        self.objects = 0
        self.counts = dict.fromkeys(Severity, 0)
        self._first_seen: dict[bytes, int] = {}
        self._crlf = 0
        self._lf = 0
        self._relative = 0

    def run(self, lines: Iterable[RawLine]) -> Iterator[Finding]:
        """Yield what is wrong, in the order of lines; what concerns the whole file comes last."""
        for finding in self._findings(lines):
            self.counts[finding.severity] += 1
            yield finding

    def _findings(self, lines: Iterable[RawLine]) -> Iterator[Finding]:
        for raw in lines:
            other = _other_encoding(raw) or _array(raw)
            if other is not None:
                yield other._replace(line=raw.number)
                return
            self._count_line_end(raw)
            parsed = check_line(raw, self._paths)
            for found in parsed.findings:
                yield found._replace(line=raw.number)
            if raw.data is not None and not raw.data.strip():
                continue
            self.objects += 1
            if self.objects == MAX_OBJECTS + 1:
                yield _too_many()._replace(line=raw.number)
            if parsed.value is not None:
                self._relative += any(is_relative(parsed.value.get(key)) for key in FILE_KEYS)
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
                Severity.NOTE,
                f"the same '{key}' as in line {first}",
                "if that is not meant, remove one: workers would label the object twice",
                number,
            )

    def _whole_file(self) -> Iterator[Finding]:
        if self.objects == 0:
            yield Finding(
                Severity.ERROR,
                "no objects in it",
                f'write a line for each object, such as {{"{SOURCE_REF}": "s3://bucket/key"}}',
            )
        if self._relative and self._paths is not None:
            yield Finding(
                Severity.NOTE,
                f"{counted(self._relative, 'line')} with a relative path, which works on this "
                "machine alone",
                "for Ground Truth: labelwright manifest upload FILE s3://bucket/prefix",
            )
        crlf, lf = counted(self._crlf, "line"), counted(self._lf, "line")
        if self._crlf and self._lf:
            yield Finding(
                Severity.WARNING,
                f"line ends are mixed: CRLF in {crlf}, LF in {lf}",
                r"Ground Truth takes both; to make them alike: sed -i 's/\r$//' FILE",
            )
        elif self._crlf:
            yield Finding(
                Severity.NOTE,
                f"line ends are CRLF ({crlf})",
                "Ground Truth takes that, nothing need be done",
            )


def _too_many() -> Finding:
    return Finding(
        Severity.ERROR,
        f"from here on there are more than {MAX_OBJECTS:,} objects, the most that a job takes",
        f"make several manifests: split -l {MAX_OBJECTS} FILE",
    )


def _other_encoding(raw: RawLine) -> Finding | None:
    """Tell an encoding in which not even the lines can be told apart."""
    if raw.number != 1 or raw.data is None:
        return None
    for mark, name in OTHER_MARKS:
        if raw.data.startswith(mark):
            return Finding(
                Severity.ERROR,
                f"the file is {name}, as its byte order mark says; nothing else was checked",
                f"save it as UTF-8 without byte order mark: iconv -f {name} -t UTF-8 FILE",
            )
    return None


def _array(raw: RawLine) -> Finding | None:
    """Tell a file that is one JSON array over several lines, of which no line is an object."""
    if raw.number != 1 or raw.data is None:
        return None
    start = raw.data.removeprefix(codecs.BOM_UTF8).strip()
    if not start.startswith(b"[") or _is_json(start):
        return None
    return Finding(
        Severity.ERROR,
        "the file is a JSON array, not a JSON object on each line; nothing else was checked",
        "write its elements one a line: jq -c '.[]' FILE",
    )


def _is_json(data: bytes) -> bool:
    try:
        load_json(data)
    except ValueError:
        return False
    return True


def check_line(raw: RawLine, relative: RelativePaths | None = None) -> ParsedLine:
    """Parse a line and find what is wrong with it alone."""
    parsed = parse_line(raw)
    if parsed.text is None or parsed.value is None:
        return parsed
    findings = [*parsed.findings, *line_findings(parsed.text, parsed.value, relative)]
    return parsed._replace(findings=findings)
