"""Columns of spans for tests: as a few words, as hypothesis strategies, from the data set."""

import csv
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from hypothesis import strategies as st

from labelwright.answers.columns import Column, WorkerValue
from labelwright.answers.values import Span
from labelwright.consolidation.result import Consolidated
from labelwright.task.definition import FieldDefinition

#: Real data beside the repository; nothing of it is ever copied into it.
NER = Path(__file__).parents[3].parent / "shared" / "datasets" / "ner_mturk"

#: What stands for a token of the data, which come without their text: six code points a token.
_TOKEN, _WIDTH = "wordx ", 6

TEXT = "The quick brown fox jumps over the lazy dog, and nobody sees it."

Answers = Mapping[str, Collection[Span]]


def span_column(*objects: Answers, texts: Sequence[str | None] = (), **settings: object) -> Column:
    """Make a column from what each worker marked in each object."""
    field = FieldDefinition.model_validate({"name": "f", "path": "f", "kind": "spans", **settings})
    values = tuple(
        tuple(WorkerValue(worker, tuple(sorted(spans))) for worker, spans in answers.items())
        for answers in objects
    )
    return Column(field, (), tuple(map(str, range(len(objects)))), values, tuple(texts))


def spans_of(result: Consolidated) -> list[Span]:
    """Return a result's spans without confidences."""
    return [Span(item["start"], item["end"], item["label"]) for item in result.value or ()]


def one_span(length: int = len(TEXT)) -> st.SearchStrategy[Span]:
    """Draw a span within a text of this length."""
    ends = st.tuples(st.integers(0, length - 1), st.integers(1, length)).filter(
        lambda ends: ends[0] < ends[1]
    )
    return st.builds(
        lambda ends, label: Span(ends[0], ends[1], label), ends, st.sampled_from("ABC")
    )


def span_objects() -> st.SearchStrategy[list[dict[str, list[Span]]]]:
    """Draw what up to five workers marked in up to four objects, overlaps and all."""
    spans = st.lists(one_span(), max_size=5, unique=True)
    return st.lists(st.dictionaries(st.sampled_from("vwxyz"), spans, max_size=5), max_size=4)


class Ner(NamedTuple):
    """The data set: spans by document and worker, true spans, lengths in code points."""

    spans: Mapping[tuple[str, str], Collection[Span]]
    truth: Mapping[str, Collection[Span]]
    coverage: Mapping[str, Sequence[str]]
    lengths: Mapping[str, int]

    def column(
        self, coverage: Mapping[str, Sequence[str]], text: bool = True, **settings: object
    ) -> Column:
        """Make a column of the documents and workers in ``coverage``."""
        column = span_column(
            *({w: self.spans.get((doc, w), ()) for w in seen} for doc, seen in coverage.items()),
            texts=[_TOKEN * (self.lengths[doc] // _WIDTH) for doc in coverage] if text else (),
            **settings,
        )
        return column._replace(objects=tuple(coverage))

    def score(self, column: Column, results: Sequence[Consolidated]) -> tuple[float, float, float]:
        """Return F1, precision and recall of exact spans."""
        found = {doc: set(spans_of(r)) for doc, r in zip(column.objects, results, strict=True)}
        right = sum(len(spans & set(self.truth.get(doc, ()))) for doc, spans in found.items())
        given = sum(map(len, found.values()))
        true = sum(len(self.truth.get(doc, ())) for doc in found)
        return 2 * right / (given + true), right / max(given, 1), right / max(true, 1)


def read_ner() -> Ner:
    """Read the data set; documents that nobody saw are left out."""

    def rows(name: str) -> list[dict[str, str]]:
        with (NER / name).open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    def span(row: dict[str, str]) -> Span:
        return Span(int(row["start"]) * _WIDTH, int(row["end"]) * _WIDTH - 1, row["type"])

    spans: dict[tuple[str, str], set[Span]] = defaultdict(set)
    truth: dict[str, set[Span]] = defaultdict(set)
    coverage: dict[str, list[str]] = defaultdict(list)
    lengths: dict[str, int] = defaultdict(int)
    for row in rows("spans.csv"):
        spans[row["doc"], row["worker"]].add(span(row))
    for row in rows("truth_spans.csv"):
        truth[row["doc"]].add(span(row))
    for row in rows("coverage.csv"):
        coverage[row["doc"]].append(row["worker"])
    for row in rows("sentences.csv"):
        lengths[row["doc"]] = max(lengths[row["doc"]], int(row["end"]) * _WIDTH)
    return Ner(spans, truth, coverage, lengths)
