"""What a checker found, as compilers print it: editors find their way to the line."""

from labelwright_cli.terminal import put
from labelwright_local.findings import Finding, Severity
from labelwright_local.manifest.files import STANDARD

_COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.NOTE: "cyan"}


def show_finding(file: str, finding: Finding, *, to_stderr: bool = False) -> None:
    """Print ``FILE:LINE:COLUMN: error: reason; remedy [rule]``, as far as these are known."""
    place = "".join(f":{n}" for n in (finding.line, finding.column) if n is not None)
    rule = f" [{finding.rule}]" if finding.rule else ""
    put(
        f"{file}{place}: ",
        (finding.severity, _COLOURS[finding.severity]),
        f": {finding.message}{rule}",
        to_stderr=to_stderr,
    )


def name_of(file: str) -> str:
    """Return what a file is called that may be standard input."""
    return "<stdin>" if file == STANDARD else file
