"""The sample's abstracts: texts with their true spans, from ``abstracts.toml``."""

import hashlib
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

SOURCE = Path(__file__).with_name("abstracts.toml")
BUCKET = "labelwright-sample"
FOLDER = "abstract-entities"


class Span(NamedTuple):
    """A labelled stretch of a text, in code points, ``end`` exclusive."""

    start: int
    end: int
    label: str

    def wire(self, text: str) -> dict[str, Any]:
        """Return the span as the page's answer has it."""
        return {**self._asdict(), "quote": text[self.start : self.end]}


@dataclass(frozen=True)
class Document:
    """One abstract: what the page shows, and what a careful worker would answer."""

    id: str
    title: str
    author: str
    isbn: str
    quality: str
    text: str
    spans: tuple[Span, ...]
    bom: bool = False

    @property
    def text_uri(self) -> str:
        """Where the manifest says the text is."""
        return f"s3://{BUCKET}/{FOLDER}/text/{self.id}.txt"

    @property
    def image_uri(self) -> str:
        """Where the manifest says the picture of the page is."""
        return f"s3://{BUCKET}/{FOLDER}/image/{self.id}.png"

    @property
    def file(self) -> bytes:
        """The text file's bytes."""
        return self.text.encode("utf-8-sig" if self.bom else "utf-8")

    def echo(self) -> dict[str, Any]:
        """Return what the page echoes about the text it showed."""
        return {
            "uri": self.text_uri,
            "length": len(self.text),
            "sha256": hashlib.sha256(self.text.encode()).hexdigest(),
        }


def _join(parts: list[tuple[str, str]], newline: str) -> tuple[str, tuple[Span, ...]]:
    """Join the parts to a text, and their labels to spans in it."""
    text = ""
    spans: list[Span] = []
    for labels, raw in parts:
        part = raw.replace("\n", newline)
        if text and not part.startswith(("\n", "\r")):
            text += " "
        text += part
        start = len(text) - len(part.lstrip())
        spans += [Span(start, len(text), label) for label in labels.split()]
    return text, tuple(spans)


def load() -> list[Document]:
    """Read all abstracts, in the order of the manifest."""
    documents = []
    for table in tomllib.loads(SOURCE.read_text("utf-8"))["abstracts"]:
        newline = "\r\n" if table.pop("newline", "lf") == "crlf" else "\n"
        text, spans = _join(table.pop("parts"), newline)
        documents.append(Document(text=text, spans=spans, **table))
    return documents
