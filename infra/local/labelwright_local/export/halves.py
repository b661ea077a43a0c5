"""Half surrogate pairs: JSON has them, UTF-8 and the libraries that want it have not."""

from typing import Any

from labelwright_local.export.files import as_unicode


def without_halves(value: Any) -> Any:
    """Return a value whose texts can be written as UTF-8: ``?`` stands for each half.

    One for one, so that offsets stay what they are. Tuples with names keep their type, and names of
    ours (enumerations) are left alone.
    """
    if type(value) is str:
        return as_unicode(value)
    if isinstance(value, tuple):
        parts = [without_halves(part) for part in value]
        return value._make(parts) if hasattr(value, "_make") else tuple(parts)
    if isinstance(value, list):
        return [without_halves(part) for part in value]
    if type(value) is dict:
        return {without_halves(key): without_halves(part) for key, part in value.items()}
    return value
