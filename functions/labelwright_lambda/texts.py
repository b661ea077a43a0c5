"""The texts that workers marked: a data object's own, or under an address that answers name."""

import logging
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from labelwright.answers.columns import AnsweredObject, Problem
from labelwright.answers.texts import KnownText, TextClaim, believed_text, text_claim
from labelwright.contract.base import Json
from labelwright.contract.post_labeling import RequestObject
from labelwright.errors import LabelwrightError, StorageUnavailable
from labelwright.task.definition import FieldDefinition, Kind
from labelwright.task.text import MAX_TEXT_BYTES, decode_text
from labelwright_lambda.storage import Storage

log = logging.getLogger("labelwright")


class Texts(NamedTuple):
    """The texts of objects with spans, and why one is not known that answers name, both by id."""

    known: dict[str, KnownText]
    doubts: dict[str, Problem]

    def doubted(self, answered: Iterable[AnsweredObject]) -> list[AnsweredObject]:
        """Return the objects, each with what is in doubt among its problems."""
        doubts = {name: (doubt,) for name, doubt in self.doubts.items()}
        return [
            item._replace(problems=item.problems + doubts.get(item.dataset_object_id, ()))
            for item in answered
        ]


def read_texts(
    objects: Sequence[RequestObject],
    answered: Sequence[AnsweredObject],
    fields: Sequence[FieldDefinition],
    storage: Storage,
    prefix: str | tuple[str, ...] | None,
) -> Texts:
    """Return the text of each object with spans, where it can be known.

    Nothing is read that does not begin with ``prefix`` (or one of several).

    Raises:
        StorageUnavailable: a text was not to be had now.
    """
    texts = Texts({}, {})
    marked = [field for field in fields if field.kind is Kind.SPANS]
    if not marked:
        return texts
    read: dict[str, KnownText | None] = {}
    for entry, item in zip(objects, answered, strict=True):
        content = entry.data_object.content if entry.data_object else None
        claims = [_first_claim(answer.content, marked) for answer in item.answers]
        # A page that says where its text lies showed that one, not the data object's own content.
        elsewhere = 2 * sum(claim is not None for claim in claims) > len(claims)
        if isinstance(content, str) and not elsewhere:
            texts.known[item.dataset_object_id] = KnownText(None, content)
            continue
        uri, doubt = believed_text(claims)
        if doubt is not None:
            name = marked[0].name if len(marked) == 1 else None
            problem = Problem(None, name, "text-unknown", doubt)
            texts.doubts[item.dataset_object_id] = problem
        if uri is None or not prefix or not uri.startswith(prefix):
            continue
        if uri not in read:
            read[uri] = _read_text(uri, storage)
        known = read[uri]
        if known is not None:
            texts.known[item.dataset_object_id] = known
    return texts


def _first_claim(answer: Json, fields: Iterable[FieldDefinition]) -> TextClaim | None:
    """Return what an answer says of the text, beside whichever of its spans says it.

    Not beside the same field's in all answers: without a definition, fields are what workers send,
    and one who invents another must not hide what the others say.
    """
    claims = (text_claim(answer, field) for field in fields)
    return next((claim for claim in claims if claim), None)


def _read_text(uri: str, storage: Storage) -> KnownText | None:
    """Read a text under an address from workers' answers.

    Whatever is wrong with it must not stop the batch: offsets then stay unchecked.
    """
    try:
        return KnownText(uri, decode_text(storage.read(uri, limit=MAX_TEXT_BYTES), uri))
    except StorageUnavailable:
        # Without the address: it comes from an answer, and this error goes to a log.
        raise StorageUnavailable(
            "the text of a data object", "S3 did not serve it now; try again"
        ) from None
    except LabelwrightError as error:
        log.warning(
            "a text could not be read, its spans stay unchecked", extra={"code": error.code}
        )
        return None
