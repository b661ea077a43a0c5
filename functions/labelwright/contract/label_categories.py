"""Label categories: the list in a request, and the configuration file that we write.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/sms-label-cat-config-attributes.html
(contract sections 2.2, 3.1 and 9).
"""

from typing import Annotated, Any

from pydantic import Field

from labelwright.contract.base import Emitted, Json


class EmittedLabelCategory(Emitted):
    """One category; its name has 1 to 256 characters."""

    label: Annotated[str, Field(min_length=1, max_length=256)]


class EmittedLabelCategoryConfig(Emitted):
    """``data.json``, as the service leaves it under ``annotation-tool/``; names are unique.

    ``document-version`` is ``2018-11-28`` in all files seen. A job that was made with one sends its
    labels to post-labeling as ``labelCategories``.
    """

    document_version: Annotated[str, Field(alias="document-version")] = "2018-11-28"
    labels: list[EmittedLabelCategory]


def category_names(value: Json) -> tuple[str, ...] | None:
    """Return the names in a request's ``labelCategories``, or None when it has none.

    The key is absent in all captured events of custom jobs, null for jobs made in the console, and
    a list when a label category configuration was given; its entries are names or objects with
    ``label``. Entries of another shape are passed over: the categories only order and check labels.
    """
    if not isinstance(value, list):
        return None
    names = [_name(entry) for entry in value]
    return tuple(dict.fromkeys(name for name in names if name)) or None


def _name(entry: Any) -> str | None:
    candidate = entry.get("label") if isinstance(entry, dict) else entry
    return candidate if isinstance(candidate, str) else None
