"""Masks of an answer in a form that can be compared: bytes of a PNG are the writer's affair."""

import base64
import io
from collections import Counter
from typing import Any

from PIL import Image


def legible(answer: Any) -> Any:
    """Return an answer with each PNG in it as the number of pixels that have each colour."""
    if isinstance(answer, list):
        return [legible(item) for item in answer]
    if not isinstance(answer, dict):
        return answer
    return {
        key: colours(value) if key == "pngImageData" else legible(value)
        for key, value in answer.items()
    }


def colours(png: str) -> dict[str, int]:
    """Count the pixels of each colour in a PNG."""
    shown = Image.open(io.BytesIO(base64.b64decode(png))).convert("RGB")
    pixels = Counter(zip(*[iter(shown.tobytes())] * 3, strict=True))
    return {"#" + bytes(colour).hex(): number for colour, number in pixels.items()}
