"""What a deployment sets in the environment, read so that a wrong value is told by its name.

Every function takes a variable's name and value; one that is unset (None) or empty has its default.
The value is not repeated: whoever mixed up variables may have put a secret there.
"""

from collections.abc import Collection

from labelwright.contract.s3_uri import S3Uri
from labelwright.errors import SettingError

#: Those of Python's logging that the stack's parameter has, and its highest.
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")


def flag(name: str, value: str | None) -> bool:
    """Read ``true`` or ``false``, in any case; false by default.

    Raises:
        SettingError: it is neither.
    """
    value = (value or "").strip().lower()
    if value not in {"", "true", "false"}:
        raise _wrong(name, "true or false")
    return value == "true"


def whole_number(name: str, value: str | None, default: int, most: int) -> int:
    """Read a whole number from 1 to ``most``.

    Raises:
        SettingError: it is none, or outside of that.
    """
    value = (value or "").strip()
    if not value:
        return default
    if value.isascii() and value.isdecimal() and len(value) <= len(str(most)):
        number = int(value)
        if 1 <= number <= most:
            return number
    raise _wrong(name, f"a whole number from 1 to {most:,}, in digits alone")


def object_address(name: str, value: str | None) -> str | None:
    """Read the address of an object, ``s3://bucket/key``; None by default.

    Raises:
        SettingError: it is none.
    """
    value = (value or "").strip()
    if not value:
        return None
    try:
        S3Uri.parse(value)
    except ValueError:
        raise _wrong(name, "the address of an object, s3://bucket/key") from None
    return value


def address_prefix(name: str, value: str | None) -> str | None:
    """Read what addresses begin with: ``s3://bucket/``, or longer; None by default.

    ``s3://bucket`` means that bucket, not also those whose names begin like it.

    Raises:
        SettingError: it is none.
    """
    value = (value or "").strip()
    if not value:
        return None
    prefix = value if "/" in value.removeprefix("s3://") else f"{value}/"
    try:
        S3Uri.parse(f"{prefix}x")
    except ValueError:
        raise _wrong(name, "the beginning of addresses, s3://bucket/ or longer") from None
    return prefix


def one_of(name: str, value: str | None, known: Collection[str]) -> str | None:
    """Read one of the values that are known; None by default.

    Raises:
        SettingError: it is another one.
    """
    value = (value or "").strip()
    if value and value not in known:
        raise _wrong(name, f"one of {', '.join(known)}")
    return value or None


def log_level(value: str | None) -> str:
    """Read ``LOG_LEVEL``, in any case; ``INFO`` by default.

    Raises:
        SettingError: there is no such level.
    """
    return one_of("LOG_LEVEL", (value or "").upper(), LOG_LEVELS) or "INFO"


def usable_log_level(value: str | None) -> str:
    """Return a level to begin with: that another one was set has to be told somewhere, too."""
    try:
        return log_level(value)
    except SettingError:
        return "INFO"


def _wrong(name: str, wanted: str) -> SettingError:
    return SettingError(
        f"the environment variable {name} must be {wanted}; correct it in the function's "
        "configuration (the stack's parameter), or unset it"
    )
