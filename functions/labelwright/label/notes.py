"""What a label tells of answers: left out, put together more simply, or erring together."""

from collections.abc import Iterator

from labelwright.answers.columns import AnsweredObject, Problem
from labelwright.consolidation.result import Consolidated

#: An answer of ten times as much as the others' in its field; the reason names what to look at.
OUT_OF_PROPORTION = "answer-out-of-proportion"
#: A field of an object that the kind's simple method made.
SIMPLIFIED = "field-simplified"
#: Workers differ on the object, in a field where they err on the same objects.
ERR_TOGETHER = "workers-err-together"


def notes_on(result: Consolidated, field: str, answered: AnsweredObject) -> Iterator[Problem]:
    """Yield the problems that a result makes known."""
    for answer in answered.answers:
        if answer.worker in result.left_out:
            yield Problem(
                answer.annotation,
                field,
                OUT_OF_PROPORTION,
                "this worker gave far more than the others did, or than anybody can mean; it "
                "counts as no answer to this field",
            )
    if result.simplified:
        yield Problem(
            None,
            field,
            SIMPLIFIED,
            "more was answered than there is time to work through: only what workers gave "
            "alike was counted",
        )
    if result.err_together:
        yield Problem(
            None,
            field,
            ERR_TOGETHER,
            "workers differ on this one, and in this field they are wrong on the same objects more "
            "often than workers who err alone: the label is less sure than its confidence says",
        )
