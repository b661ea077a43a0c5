"""Spans: the sequence model against the vote, `python -m tests.benchmarks.spans`.

On crowd data (``ner_mturk`` beside the repository): exact F1, precision and recall over all
documents, with all workers, with a few a document, with a quarter of the workers left out, and in
batches of a few documents; means over seeded samples. On synthetic abstracts: long spans, whose
ends workers shift, which they miss and mislabel; on synthetic texts that workers mark too much, and
together. All with the expected calibration error of a span's confidence. And what a batch of 50
abstracts costs after others of its job, as a multiple of what the vote costs on all these objects.
"""

import random
import statistics
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from labelwright.answers.columns import Column
from labelwright.answers.values import Span
from labelwright.consolidation.earlier import join_column
from labelwright.consolidation.ledger import (
    FieldLedger,
    Ledger,
    extend,
    until,
    votes_of,
)
from labelwright.consolidation.methods import consolidate
from labelwright.consolidation.result import Consolidated
from labelwright.consolidation.spans.vote import span_vote
from labelwright.contract.job_layout import RequestName
from tests.consolidation.spans.columns import NER, Ner, read_ner, span_column, spans_of
from tests.consolidation.spans.over_marked import over_marked

Coverage = dict[str, list[str]]

#: Name of a row, settings of the field.
METHODS: dict[str, dict[str, object]] = {
    "vote > 1/2": {"method": "majority", "threshold": 0.501},
    "vote >= 1/2": {"method": "majority", "threshold": 0.5},
    "vote >= 1/3": {"method": "majority"},
    "sequence": {"method": "sequence"},
}
#: Columns of a table on synthetic texts: exact F1 and calibration error of each method.
SYNTHETIC = ("vote >= 1/3: F1", "calibration error", "sequence: F1", "calibration error")
LABELS = ("BACKGROUND", "OBJECTIVES", "METHODS", "RESULTS", "CONCLUSIONS", "LIMITATIONS")


class Crowd(NamedTuple):
    """How synthetic workers go wrong: mean shares of ends shifted, spans missed and mislabelled."""

    shifted: float
    missed: float
    mislabelled: float


def samples(ner: Ner, seeds: int) -> Iterator[tuple[str, list[Coverage]]]:
    """Yield named lists of who saw which document."""
    whole = {doc: sorted(seen) for doc, seen in sorted(ner.coverage.items())}
    yield "all workers", [whole]
    for count in (1, 2, 3, 4):
        yield (
            f"{count} workers a document",
            [_few(whole, count, random.Random(seed)) for seed in range(seeds)],
        )
    workers = sorted({worker for seen in whole.values() for worker in seen})
    drops = [set(random.Random(s).sample(workers, len(workers) // 4)) for s in range(seeds)]
    left = [{doc: [w for w in seen if w not in d] for doc, seen in whole.items()} for d in drops]
    yield "a quarter of the workers left out", left
    for documents, count in ((1, 9), (1, 3), (5, 9), (5, 3), (20, 9), (20, 3)):
        batches = []
        for seed in range(8 * seeds if documents < 20 else 2 * seeds):
            draw = random.Random(seed)
            batch = {doc: whole[doc] for doc in draw.sample(sorted(whole), documents)}
            batches.append(_few(batch, count, draw))
        few = f", at most {count} workers" if count < 9 else ""
        yield f"batches of {documents}{few}", batches


def _few(coverage: Coverage, count: int, draw: random.Random) -> Coverage:
    return {doc: draw.sample(seen, min(count, len(seen))) for doc, seen in coverage.items()}


def abstracts(
    seed: int, objects: int, workers: int, crowd: Crowd
) -> tuple[Column, list[set[Span]]]:
    """Make abstracts of about 200 words, six labels, sentences as spans, and who marked what."""
    rng = np.random.default_rng(seed)
    skill = {f"w{i}": rng.uniform(0.3, 1.7) for i in range(8)}
    texts, truths, answers = [], [], []
    for _ in range(objects):
        sentences = rng.integers(12, 30, int(rng.integers(7, 12)))
        words = [" " + "w" * int(n) for n in rng.integers(2, 10, int(sentences.sum()))]
        bounds = np.concatenate([[0], np.cumsum([len(word) for word in words])])
        cuts = np.concatenate([[0], np.cumsum(sentences)])
        sections = np.sort(rng.integers(0, len(LABELS), len(sentences)))
        true = [
            (int(cuts[at.min()]), int(cuts[at.max() + 1]), LABELS[section])
            for section in np.unique(sections)
            if len(at := np.flatnonzero(sections == section)) and rng.random() < 0.85
        ]
        texts.append("".join(words))
        truths.append({_span(bounds, *one) for one in true})
        seen = rng.choice(sorted(skill), workers, replace=False)
        answers.append(
            {w: set(_marked(rng, true, bounds, crowd, skill[w])) for w in map(str, seen)}
        )
    return span_column(*answers, texts=texts), truths


def _span(bounds: NDArray[np.int64], first: int, last: int, label: str) -> Span:
    return Span(int(bounds[first]) + 1, int(bounds[last]), label)


def _marked(
    rng: np.random.Generator,
    true: Iterable[tuple[int, int, str]],
    bounds: NDArray[np.int64],
    crowd: Crowd,
    skill: float,
) -> Iterator[Span]:
    for start, stop, name in true:
        first, last, label = start, stop, name
        if rng.random() < skill * crowd.missed:
            continue
        if rng.random() < skill * crowd.mislabelled:
            label = str(rng.choice(LABELS))
        if rng.random() < skill * crowd.shifted:
            first = int(np.clip(first + rng.choice([-3, -2, -1, 1, 2, 3, 6]), 0, last - 1))
        if rng.random() < skill * crowd.shifted:
            last = int(
                np.clip(last + rng.choice([-6, -3, -2, -1, 1, 2, 3]), first + 1, len(bounds) - 1)
            )
        yield _span(bounds, first, last, label)
    if rng.random() < 0.2:
        first = int(rng.integers(0, len(bounds) - 12))
        yield _span(bounds, first, first + 10, str(rng.choice(LABELS)))


def calibration_error(results: Sequence[Consolidated], truths: Sequence[set[Span]]) -> float:
    """Return the expected calibration error of the kept spans' confidences, in ten bins."""
    pairs = np.array(
        [
            (item["confidence"], span in truth)
            for result, truth in zip(results, truths, strict=True)
            for item, span in zip(result.value or (), spans_of(result), strict=True)
        ]
    ).reshape(-1, 2)
    bins = np.minimum((pairs[:, 0] * 10).astype(int), 9)
    gaps = [abs((pairs[bins == b, 0] - pairs[bins == b, 1]).sum()) for b in range(10)]
    return float(sum(gaps)) / max(len(pairs), 1)


def exact_f1(results: Sequence[Consolidated], truths: Sequence[set[Span]]) -> float:
    """Return the F1 of exact spans over all objects."""
    found = [set(spans_of(result)) for result in results]
    right = sum(len(a & b) for a, b in zip(found, truths, strict=True))
    return 2 * right / max(sum(map(len, found)) + sum(map(len, truths)), 1)


def crowd_table(seeds: int) -> Table:
    """Measure on the data set."""
    table = Table("ner_mturk", "method", "F1", "P", "R", "calibration error", "seconds")
    ner = read_ner()
    for name, coverages in samples(ner, seeds):
        kinds = [(True, method) for method in METHODS]
        if name == "all workers":
            kinds.append((False, "sequence"))
        for text, method in kinds:
            rows = []
            for coverage in coverages:
                column = ner.column(coverage, text, **METHODS[method])
                begun = time.perf_counter()
                results = consolidate(column)
                seconds = time.perf_counter() - begun
                truths = [set(ner.truth.get(doc, ())) for doc in coverage]
                error = calibration_error(results, truths)
                rows.append((*ner.score(column, results), error, seconds))
            means = [f"{statistics.fmean(values):.3f}" for values in zip(*rows, strict=True)]
            table.add_row(name, method if text else f"{method}, text unknown", *means)
        table.add_section()
    return table


def halves_table(seeds: int) -> Table:
    """Measure halves of the data set: each consolidated by itself, and together with the other."""
    table = Table("halves of ner_mturk, by sequence", "F1 alone", "F1 together", "least gain")
    ner = read_ner()
    whole = ner.column({doc: sorted(seen) for doc, seen in sorted(ner.coverage.items())})
    pooled = dict(zip(whole.objects, consolidate(whole), strict=True))
    alone, together = [], []
    for seed in range(seeds):
        docs = random.Random(seed).sample(whole.objects, len(whole.objects))
        for half in (docs[: len(docs) // 2], docs[len(docs) // 2 :]):
            column = ner.column({doc: sorted(ner.coverage[doc]) for doc in half})
            alone.append(ner.score(column, consolidate(column))[0])
            together.append(ner.score(column, [pooled[doc] for doc in half])[0])
    least = min(b - a for a, b in zip(alone, together, strict=True))
    means = (statistics.fmean(alone), statistics.fmean(together), least)
    table.add_row(f"{seeds} times", *(f"{mean:.3f}" for mean in means))
    return table


def abstract_table(seeds: int) -> Table:
    """Measure on synthetic abstracts."""
    table = Table("abstracts", "workers", "shifted, missed, mislabelled", *SYNTHETIC)
    for crowd in (Crowd(0.25, 0.15, 0.1), Crowd(0.5, 0.15, 0.1), Crowd(0.1, 0.3, 0.3)):
        for objects in (1, 5, 20, 50):
            for workers in (2, 3, 5):
                drawn = range(seeds * max(1, 20 // objects))
                made = [abstracts(seed, objects, workers, crowd) for seed in drawn]
                name = ", ".join(map(str, crowd))
                table.add_row(str(objects), str(workers), name, *_of_methods(made))
        table.add_section()
    return table


def over_marked_table(seeds: int) -> Table:
    """Measure on synthetic texts that workers mark too much: 100 of them, long spans."""
    table = Table("passages that tempt", "workers", *SYNTHETIC)
    for tempting in (3.0, 5.0):
        for workers in (3, 6):
            made = [over_marked(seed, 100, workers, tempting) for seed in range(seeds)]
            table.add_row(f"{tempting:g} a text", str(workers), *_of_methods(made))
    return table


def _of_methods(made: Sequence[tuple[Column, list[set[Span]]]]) -> Iterator[str]:
    """Yield the cells of ``SYNTHETIC``: means over what was made."""
    for method in ("majority", "sequence"):
        scores = []
        for column, truths in made:
            field = column.field.model_copy(update={"method": method})
            results = consolidate(column._replace(field=field))
            scores.append((exact_f1(results, truths), calibration_error(results, truths)))
        yield from (f"{statistics.fmean(values):.3f}" for values in zip(*scores, strict=True))


def job_table(runs: int) -> Table:
    """Measure the CPU time of a batch of 50 abstracts after earlier ones; the least of some runs.

    Beside it the vote on all these objects, read from the ledger in the same way, and the ratio.
    """
    table = Table("earlier abstracts", "workers", "sequence, s", "vote on all, s", "ratio")
    for earlier, workers in ((0, 3), (200, 3), (2_000, 3), (2_000, 5)):
        column, _ = abstracts(0, earlier + 50, workers, Crowd(0.25, 0.15, 0.1))
        ledger = _ledger(column)
        batch = column._replace(
            objects=column.objects[earlier:],
            values=column.values[earlier:],
            texts=column.texts[earlier:],
        )

        def vote(batch: Column = batch, ledger: FieldLedger | None = ledger) -> object:
            whole = join_column(batch, ledger)
            return [span_vote([value.value for value in values], None) for values in whole.values]

        def learn(batch: Column = batch, ledger: FieldLedger | None = ledger) -> object:
            return consolidate(batch, earlier=ledger)

        model, plain = (min(_cpu(made) for _ in range(runs)) for made in (learn, vote))
        row = (f"{model:.2f}", f"{plain:.3f}", f"{model / plain:.1f}")
        table.add_row(str(earlier), str(workers), *row)
    return table


def _ledger(column: Column) -> FieldLedger | None:
    votes = votes_of(RequestName(1, "all"), [column], {})
    return until(extend(Ledger("", (), {}), [votes]), column.field.name, votes.request)


def _cpu(made: Callable[[], object]) -> float:
    begun = time.process_time()
    made()
    return time.process_time() - begun


if __name__ == "__main__":
    console = Console()
    if NER.is_dir():
        console.print(crowd_table(seeds=5))
        console.print(halves_table(seeds=5))
    else:
        console.print(f"{NER} is not there: crowd data left out")
    console.print(abstract_table(seeds=4))
    console.print(over_marked_table(seeds=4))
    console.print(job_table(runs=3))
