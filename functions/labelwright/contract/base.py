"""The two kinds of models, and how a failed validation is told without telling the value."""

import json
import math
from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.alias_generators import to_camel

#: A parsed JSON value. Answers of workers have any shape, so nothing narrower is true.
Json = Any


class Received(BaseModel):
    """What the service sends: camelCase keys, unknown keys kept, values never shown in errors."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        populate_by_name=True,
        extra="allow",
        frozen=True,
        hide_input_in_errors=True,
        defer_build=True,
    )


class Emitted(BaseModel):
    """What we emit: exactly the keys of the contract, nothing else, no conversion of types."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        populate_by_name=True,
        extra="forbid",
        frozen=True,
        strict=True,
        hide_input_in_errors=True,
        defer_build=True,
    )

    def wire(self) -> dict[str, Json]:
        """Return the JSON object as the service reads it, with its camelCase keys."""
        return self.model_dump(by_alias=True, exclude_none=True)


def explain(error: ValidationError) -> str:
    """Return where and what was wrong, without any input value.

    Pydantic's messages of the types used here state the expectation ("Field required", "Input
    should be a valid string"); a validator of ours must do the same, because its message is told.
    """
    found = error.errors(include_url=False, include_context=False, include_input=False)
    parts = []
    for item in found:
        inner = any(o["loc"][: len(item["loc"])] == item["loc"] for o in found if o is not item)
        if item["type"] == "too_short" and inner:
            # A list counts as empty when its items are wrong; they are told themselves.
            continue
        where = _place(item["loc"])
        message = _PLAINER.get(item["type"], item["msg"].removeprefix("Value error, "))
        parts.append(f"{where}: {message}" if where else message)
    return "; ".join(parts)


_PLAINER = {"missing": "is needed", "extra_forbidden": "is no key that is known here"}


def _place(location: Sequence[int | str]) -> str:
    # Pydantic ends the place of a wrong key with "[key]": the step before it is what was sent.
    known = location[:-2] if location and location[-1] == "[key]" else location
    text = ""
    for step in known:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text if known is location else f"{text}, a key".lstrip(", ")


#: Deeper than any form's answer; far below what would exhaust the stack when it is written again.
MAX_DEPTH = 100


def load_json(text: str | bytes) -> Json:
    """Parse JSON as the standard has it, telling every way in which it can fail as ``ValueError``.

    Raises:
        ValueError: not JSON (NaN and Infinity are none), not UTF-8, nested over 100 deep, or with a
            number beyond what a float holds. The message names the position, never the text.
    """
    try:
        value = json.loads(text, parse_constant=_no_constant, parse_float=_finite)
    except json.JSONDecodeError as error:
        raise ValueError(f"not JSON: {error.msg} at character {error.pos}") from None
    except UnicodeDecodeError as error:
        raise ValueError(f"not UTF-8 at byte {error.start}") from None
    except RecursionError:
        raise ValueError("JSON nested too deeply") from None
    except ValueError:
        raise ValueError("JSON with a number that is not finite or has too many digits") from None
    if _deeper_than(value, MAX_DEPTH):
        raise ValueError("JSON nested too deeply")
    return value


def _no_constant(_: str) -> Json:
    raise ValueError


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError
    return number


def _deeper_than(value: Json, depth: int) -> bool:
    level = [value]
    for _ in range(depth + 1):
        level = [
            inner
            for outer in level
            if isinstance(outer, dict | list)
            for inner in (outer.values() if isinstance(outer, dict) else outer)
        ]
        if not level:
            return False
    return True


def has_lone_surrogate(text: str) -> bool:
    """Tell half a surrogate pair: JSON can escape it, but no encoding can carry it.

    Lambda's runtime sends UTF-8 from Python 3.12 on, and fails on such a text.
    """
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False


def dump_json(value: Json) -> str:
    """Serialise with all non-ASCII escaped: a length measured here is never less than the one sent.

    Lambda's runtime escapes up to Python 3.11, later ones send UTF-8, which is shorter. Escapes
    carry lone surrogates unharmed.

    Raises:
        ValueError: a number is not finite; JSON has no such number.
    """
    return json.dumps(value, ensure_ascii=True, allow_nan=False)
