"""Which of a template's functions is which in a labeling job: told by names, else by their code."""

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from labelwright.errors import UsageError
from labelwright_local.handlers.references import FORM as _FORM
from labelwright_local.handlers.references import NONE, Reference, find_function
from labelwright_local.handlers.sam_template import Deployed, is_template, read_template
from labelwright_local.printable import printable

_AFTER = r"[ _-]?(label|human|annot|task|process|worker|consolidat|lambda|function|func|fn|handler)"
_PRE = re.compile(rf"\bpre\b|\bpre{_AFTER}")
_POST = re.compile(rf"\bpost\b|\bpost{_AFTER}|consolidat|\bacs\b")
#: What each has to return: https://docs.aws.amazon.com/sagemaker/latest/dg/sms-custom-templates-step3-lambda-requirements.html
_PRE_RETURNS, _POST_RETURNS = "taskInput", "consolidatedAnnotation"
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


class Functions(NamedTuple):
    """The functions of a job; None where it has none."""

    pre: Reference | None
    post: Reference | None


def find_functions(text: str, folder: Path) -> Functions:
    """Find the functions that ``--handlers`` names, from a folder on.

    Raises:
        UsageError: the form is another, something is not there, or a template has several
            functions that might be meant; then it names them.
    """
    parts = [part.strip() for part in text.split(",")]
    if parts == [NONE]:
        return Functions(None, None)
    if len(parts) == 1 and is_template(parts[0]):
        return _by_role(folder / parts[0])
    if len(parts) != 2:
        raise UsageError(f"{text!r}: {_FORM}")
    return Functions(_one(parts[0], folder), _one(parts[1], folder))


def _one(text: str, folder: Path) -> Reference | None:
    if text in ("", NONE):
        return None
    file, _, name = text.rpartition(":")
    if not is_template(file):
        return find_function(text, folder)
    there = read_template(folder / file)
    found = next((function for function in there if function.id == name), None)
    if found is None:
        names = ", ".join(function.id for function in there)
        raise UsageError(f"{text}: the template has no function {printable(name)}; it has {names}")
    if found.reference is None:
        raise UsageError(f"{text}: {found.fault}")
    return found.reference


def _by_role(file: Path) -> Functions:
    there = read_template(file)
    pre, post = _only(there, _is_pre), _only(there, _is_post)
    if pre is None or post is None or pre is post:
        raise UsageError(f"{file}: {_which(file, there, pre, post)}")
    for found in (pre, post):
        if found.reference is None:
            raise UsageError(f"{file}: {found.id}: {found.fault}")
    return Functions(pre.reference, post.reference)


def _only(there: Sequence[Deployed], fits: Callable[[Deployed, str], bool]) -> Deployed | None:
    """Return the one function that fits: by its names, else by its description, else its code."""
    for seen in ("words", "description", "code"):
        found = [function for function in there if fits(function, seen)]
        if len(found) == 1:
            return found[0]
        # Of several the next look may leave one, of none it may find one.
        there = found or there
    return None


def _is_pre(function: Deployed, seen: str) -> bool:
    if seen == "code":
        return _PRE_RETURNS in function.code and _POST_RETURNS not in function.code
    words = _words(function, seen)
    return bool(_PRE.search(words)) and not _POST.search(words)


def _is_post(function: Deployed, seen: str) -> bool:
    if seen == "code":
        return _POST_RETURNS in function.code and _PRE_RETURNS not in function.code
    words = _words(function, seen)
    return bool(_POST.search(words)) and not _PRE.search(words)


def _words(function: Deployed, seen: str) -> str:
    told = [function.description] if seen == "description" else function.words
    # A word's parts stand apart: GTPreHumanTask, gt_pre, src/pre.
    return " | ".join(re.sub(r"[^A-Za-z0-9]+", " ", _CAMEL.sub(" ", text)) for text in told).lower()


def _which(
    file: Path, there: Sequence[Deployed], pre: Deployed | None, post: Deployed | None
) -> str:
    unclear = [role for role, found in (("pre", pre), ("post", post)) if found is None]
    what = f"{' and '.join(unclear) or 'pre and post'}-labeling can't be told by name"
    listed = "; ".join(
        f"{function.id} ({function.fault or function.words[2]})" for function in there
    )
    example = f"{file.name}:{there[0].id},{file.name}:{there[-1].id}"
    return f"which of its functions is {what}; name both, as {example}. It has {listed}"
