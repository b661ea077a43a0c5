"""Whether a job can be done at all, looked at before anybody is asked.

An error is what the service itself would refuse, or a job in which no object can be shown or
answered; everything else is a warning.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from labelwright.contract.base import Json
from labelwright.contract.manifest import labels_of
from labelwright_local.engine.labeling.prelabeling import ask
from labelwright_local.engine.spec import JobSpec
from labelwright_local.findings import Finding, Severity
from labelwright_local.manifest.check import ManifestCheck
from labelwright_local.manifest.files import open_manifest
from labelwright_local.manifest.lines import RawLine, object_of, read_lines
from labelwright_local.manifest.rules import RelativePaths
from labelwright_local.page.mturk import renderer
from labelwright_local.page.template_error import TemplateError
from labelwright_local.printable import counted, printable
from labelwright_local.start_check.files import FilesCheck
from labelwright_local.start_check.looked import Looked, looked
from labelwright_local.template_check.check import check_template
from labelwright_local.workspace.batch_csv import is_batch
from labelwright_local.workspace.data_folder import DataFolder, data_folder
from labelwright_local.workspace.folder_storage import FolderStorage
from labelwright_local.workspace.named_files import EMPTY, file_fault

#: So many objects are tried before it is said that none can be shown; of those that need no
#: worker, more are passed over.
_TRIED = 10
_PASSED_OVER = 100

#: Pre-labeling, as it is called for one object: event to response.
Pre = Callable[[Json], Json]


class _Tried(NamedTuple):
    """An object that workers are to see: its task input, or why there is none."""

    number: int
    task_input: Json
    fault: str | None


def check_start(
    spec: JobSpec, storage: FolderStorage, pre: Pre, template_name: str | None
) -> list[Looked]:
    """Look at a job's manifest, at the files that it names, and at its page with its real input.

    ``template_name`` is what the page's file is called; without one no page is looked at.
    Pre-labeling is called for the first object, and for some more where it, or the page, fails.

    Raises:
        UsageError: the job can't be started, whatever its objects are.
    """
    files = FilesCheck(storage)
    manifest = looked(str(spec.manifest), _manifest(spec, files))
    tried = list(_tried(spec, pre))
    found = [manifest]
    if tried and all(each.fault is not None for each in tried):
        found.append(looked(str(spec.manifest), [_all_fail(tried)]))
    if template_name is not None:
        found.append(looked(template_name, _page(spec, storage, files, tried)))
    return [each for each in found if each.counts]


def _manifest(spec: JobSpec, files: FilesCheck) -> Iterator[Finding]:
    relative = RelativePaths(DataFolder(data_folder(spec.manifest)))
    with open_manifest(str(spec.manifest)) as manifest:
        yield from ManifestCheck(relative).run(_seen(read_lines(manifest), files))
    yield from files.findings()


def _seen(lines: Iterator[RawLine], files: FilesCheck) -> Iterator[RawLine]:
    for raw in lines:
        line = object_of(raw)
        if line is not None:
            files.see(raw.number, line)
        yield raw


def _tried(spec: JobSpec, pre: Pre) -> Iterator[_Tried]:
    """Pre-label objects until one can be shown to a worker."""
    with open_manifest(str(spec.manifest)) as manifest:
        passed_over = tried = 0
        for raw in read_lines(manifest):
            line = object_of(raw)
            if line is None or _is_labeled(line, spec.label_attribute):
                continue
            asked = ask(spec, pre, raw.number - 1, 0, line)
            if asked.result is not None and asked.result.skipped is not None:
                passed_over += 1
                if passed_over == _PASSED_OVER:
                    return
                continue
            tried += 1
            given = asked.result.task_input if asked.result is not None else None
            yield _Tried(raw.number - 1, given, asked.fault)
            if tried == _TRIED or (asked.fault is None and _renders(spec, given)):
                return


def _is_labeled(line: dict[str, Json], attribute: str) -> bool:
    return any(label.attribute == attribute and not label.failed for label in labels_of(line))


def _all_fail(tried: list[_Tried]) -> Finding:
    which = counted(len(tried), "object") if len(tried) > 1 else "object"
    return Finding(
        Severity.ERROR,
        f"no task input for the first {which} that workers would see: "
        f"{printable(tried[0].fault or '', 600)}",
        line=tried[0].number + 1,
    )


def _page(
    spec: JobSpec, storage: FolderStorage, files: FilesCheck, tried: list[_Tried]
) -> Iterator[Finding]:
    """Check the page with the first object that it shows, and tell of those that it does not."""
    template = spec.page_text
    definition = spec.task.definition if spec.task else None
    shown = [each for each in tried if each.fault is None]
    if not shown:
        yield from check_template(template, None, definition, batch=is_batch(spec.manifest))
        return
    last = shown[-1]
    yield from check_template(template, last.task_input, definition, batch=is_batch(spec.manifest))
    if _renders(spec, last.task_input):
        for each in shown[:-1]:
            yield Finding(
                Severity.WARNING,
                f"the page can't be rendered for object {each.number}: "
                f"{printable(_fault(spec, each.task_input) or '', 300)}",
            )
    if files.none_is_there and any(not _is_there(storage, uri) for uri in _granted(spec, last)):
        yield Finding(
            Severity.ERROR,
            "the page shows files, and none of those that the manifest names is there",
            "put them there as bucket/key, or name their folder with --data",
        )


def _renders(spec: JobSpec, task_input: Json) -> bool:
    return _fault(spec, task_input) is None


def _rendered(spec: JobSpec, task_input: Json, grant: Callable[[str], str]) -> str:
    return renderer(spec.page_text, batch=is_batch(spec.manifest))(task_input, grant)


def _fault(spec: JobSpec, task_input: Json) -> str | None:
    try:
        _rendered(spec, task_input, lambda uri: uri)
    except TemplateError as error:
        return str(error)
    return None


def _granted(spec: JobSpec, shown: _Tried) -> list[str]:
    """Return the objects that a page is given access to."""
    granted: list[str] = []

    def grant(uri: str) -> str:
        granted.append(uri)
        return uri

    try:
        _rendered(spec, shown.task_input, grant)
    except TemplateError:
        return []
    return granted


def _is_there(storage: FolderStorage, uri: str) -> bool:
    return file_fault(storage, uri) in (None, EMPTY)
