"""EBCC: labels from workers who err together, learnt by variational Bayes.

Y. Li, B. Rubinstein and T. Cohn (2019), "Exploiting Worker Correlation for Label Aggregation in
Crowdsourcing", PMLR 97, https://proceedings.mlr.press/v97/li19i.html.

Model: every label has ``subtypes`` kinds of tasks, easy ones and some that mislead many workers
alike. Task ``t`` has a true label ``j`` with probability ``class_prior[j]`` and then a subtype
``m`` with probability ``mixture[j, m]``; worker ``w`` gives label ``l`` with probability
``confusion[w, j, m, l]``, independently of other workers *given the subtype*: those who err on the
same tasks are one opinion, not several. Mixtures and confusions have Dirichlet priors with the
settings of the paper: ``_MIXTURE`` in all for the subtypes, so that no more come into use than the
data ask for; ``_RIGHT`` for the right label and 1 for each other, but no more than ``_MOST_WRONG``
for these together, so that many labels do not drown the few answers that there are. The class prior
is not learnt but that of the method ``skill``, for the reasons given there; with two answers a task
this is right about one task in a hundred more often than the paper's.

The posterior is approximated by independent factors, one for each task's label and subtype and one
for each distribution, and the evidence lower bound rises with every step. Meanwhile a task's label
is one that somebody gave to it, or any where there are few labels: that narrows the task's factor,
so the bound is still one. The result weighs all labels, and the label is one that somebody gave
(``choice.given``). There are four subtypes, not the paper's ten: those beyond what the data ask for
stay empty in the end, but until then each has a share of every task, and the bound a further
optimum for every way in which they part.

The start is the vote: from labels weighted by skill it would not leave workers who err together.
Subtypes are alike until something tells them apart, so each task starts in random shares of them,
the same for all its labels, drawn from a fixed seed in the order of the tasks' names.

With one answer a task and no known labels nothing can be learnt, and every vote stands.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from labelwright.consolidation.choice.cells import Cells, cells_of
from labelwright.consolidation.choice.confidence import calibrate, usual_effect
from labelwright.consolidation.choice.given import best_of, eligible, favour
from labelwright.consolidation.choice.prior import log_class_prior
from labelwright.consolidation.choice.table import Places
from labelwright.consolidation.gamma import digamma, log_gamma
from labelwright.consolidation.votes import NONE, Floats, Indices, ModelResult, Votes, decide, sums

#: Prior tasks of all subtypes of a label together.
_MIXTURE = 0.1
#: Prior answers for the right label, and the most for all others together.
_RIGHT, _MOST_WRONG = 4.0, 6.0
#: How even the shares of subtypes are that a task starts in.
_EVEN = 10.0
#: How far the class prior follows the vote, as in ``skill``.
_PRIOR_POWER = 2 / 3


def ebcc(
    votes: Votes,
    gold: Indices | None = None,
    max_iterations: int = 500,
    tolerance: float = 1e-5,
    subtypes: int = 4,
    seed: int = 0,
) -> ModelResult:
    """Consolidate from the vote shares until a step gains less than ``tolerance`` a vote.

    ``gold`` has each task's label where it is known, else -1, shape ``(n_tasks,)``: it is that
    task's label, and teaches. ``objective`` is the evidence lower bound. Posteriors are scaled
    to what answers are usually worth (``choice.confidence``). ``skill`` takes several times less.
    """
    by_name, order = _by_name(votes)
    known = np.full(len(order), NONE) if gold is None else gold[order].astype(np.int64)
    some, known, seen = _seen_only(by_name, known)
    answers = np.bincount(some.task, minlength=len(order))
    learnable = bool((answers > 1).any() or ((known >= 0) & (answers > 0)).any())
    counts = some.counts().astype(np.int64)
    log_prior = log_class_prior(counts, known, _PRIOR_POWER if learnable else 0.0)

    model = _model(some, counts, known, log_prior, subtypes)
    weights = np.zeros((subtypes, len(model.cells.row)))
    step = _learn(model, weights)
    trace: list[float] = []
    converged = not learnable
    if learnable:
        shares = np.random.default_rng(seed).dirichlet(np.full(subtypes, _EVEN), len(order)).T
        weights = shares[:, model.cells.task[model.cells.row]] * model.cells.start_weights(counts)
        for _ in range(max_iterations):
            step = _learn(model, weights)
            trace.append(step.bound)
            if len(trace) > 1 and trace[-1] - trace[-2] < tolerance * len(some.task):
                converged = True
                break
            weights = _expect(model, step)
    posteriors = np.zeros((len(order), len(votes.labels)))
    logs = _dense(some, model, step)
    stands = best_of(logs, eligible(counts, known))
    calibrate(logs, answers, known, usual_effect(answers))
    favour(logs, stands)
    posteriors[np.ix_(order, seen)] = logs
    class_prior = np.zeros(len(votes.labels))
    class_prior[seen] = np.exp(log_prior)
    result = decide(posteriors)
    return ModelResult(
        result.posteriors, result.label, result.tie, class_prior, tuple(trace), converged
    )


def _by_name(votes: Votes) -> tuple[Votes, Places]:
    """Return the votes with tasks in the order of their names, and where each task was."""
    order = np.array(sorted(range(len(votes.tasks)), key=votes.tasks.__getitem__), dtype=np.intp)
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    task = rank[votes.task].astype(np.int32)
    by_worker = np.lexsort((task, votes.worker))
    return replace(
        votes,
        tasks=tuple(votes.tasks[i] for i in order),
        task=task[by_worker],
        worker=votes.worker[by_worker],
        label=votes.label[by_worker],
    ), order


def _seen_only(
    votes: Votes, known: NDArray[np.int64]
) -> tuple[Votes, NDArray[np.int64], NDArray[np.intp]]:
    """Return votes and known labels in terms of the labels that occur, and which these are."""
    occurs = np.bincount(votes.label, minlength=len(votes.labels)) > 0
    occurs[known[known >= 0]] = True
    seen = np.flatnonzero(occurs)
    place = np.append(np.cumsum(occurs) - 1, NONE)
    labels = tuple(votes.labels[i] for i in seen)
    label = place[votes.label].astype(np.int32)
    return replace(votes, labels=labels, label=label), place[known], seen


@dataclass(frozen=True)
class _Model:
    """What stays the same: the cells and links of the votes, and the priors.

    Entry ``u`` of the confusions, of worker ``worker[u]`` who gives ``given[u]`` where ``true[u]``
    is, belongs to the distribution ``row[u]``, the ``rows`` of which are those with any entry.
    """

    cells: Cells
    log_prior: Floats
    subtypes: int
    worker: Places
    true: Places
    given: Places
    row: Places
    rows: int

    @property
    def wrong(self) -> float:
        """The prior answers of an entry that is not right."""
        return min(1.0, _MOST_WRONG / max(len(self.log_prior) - 1, 1))

    @property
    def prior(self) -> Floats:
        """The prior answers of each entry."""
        return np.where(self.true == self.given, _RIGHT, self.wrong)

    @property
    def row_prior(self) -> float:
        """The prior answers of each distribution."""
        return _RIGHT + self.wrong * (len(self.log_prior) - 1)


@dataclass(frozen=True)
class _Step:
    """Expected logarithms of the distributions; the first axis is the subtype.

    ``entries`` are those of the confusions, ``totals`` what ``row`` has subtracted for its sum,
    ``mixture`` is by label. ``bound`` is the lower bound before they are put to use.
    """

    entries: Floats
    totals: Floats
    mixture: Floats
    bound: float


def _model(
    votes: Votes,
    counts: NDArray[np.int64],
    known: NDArray[np.int64],
    log_prior: Floats,
    subtypes: int,
) -> _Model:
    n_labels = max(len(log_prior), 1)
    cells = cells_of(votes, votes.label.astype(np.int64), counts, known)
    distribution, given = np.divmod(cells.used, n_labels)
    worker, true = np.divmod(distribution, n_labels)
    starts = np.diff(distribution, prepend=-1) > 0
    row = np.cumsum(starts) - 1
    return _Model(
        cells, log_prior, subtypes, worker, true, given, row, int(np.count_nonzero(starts))
    )


def _learn(model: _Model, weights: Floats) -> _Step:
    """Fit all distributions to the ``weights`` of subtypes in cells, shape (subtypes, cells)."""
    cells, each = model.cells, _MIXTURE / model.subtypes
    prior = model.prior
    counts = np.array([sums(cells.place, cells.spread(w), len(prior)) for w in weights])
    totals = np.array([sums(model.row, c, model.rows) for c in counts]) + model.row_prior
    counts += prior
    kinds = np.array([sums(cells.label, w, len(model.log_prior)) for w in weights]) + each
    labels = kinds.sum(axis=0)
    bound = (
        (log_gamma(counts) - log_gamma(prior)).sum()
        - (log_gamma(totals) - log_gamma(np.array(model.row_prior))).sum()
        + (log_gamma(kinds) - log_gamma(np.array(each))).sum()
        - (log_gamma(labels) - log_gamma(np.array(_MIXTURE))).sum()
        + (weights.sum(axis=0) * model.log_prior[cells.label]).sum()
        - (weights * np.log(np.where(weights > 0, weights, 1))).sum()
    )
    log_totals = digamma(totals)
    entries = digamma(counts) - log_totals[:, model.row]
    return _Step(entries, log_totals, digamma(kinds) - digamma(labels), float(bound))


def _expect(model: _Model, step: _Step) -> Floats:
    """Return the weights of subtypes in cells, which sum to 1 for each task."""
    cells = model.cells
    logs = step.mixture[:, cells.label] + model.log_prior[cells.label]
    for subtype, entries in enumerate(step.entries):
        logs[subtype] += cells.sums(entries.take(cells.place))
    logs -= np.maximum.reduceat(logs.max(axis=0), cells.first)[cells.row]
    np.exp(logs, out=logs)
    logs /= np.add.reduceat(logs.sum(axis=0), cells.first)[cells.row]
    return logs


def _dense(votes: Votes, model: _Model, step: _Step) -> Floats:
    """Return the logs of class prior times likelihood for all labels, subtypes summed up."""
    n_tasks, n_labels, n_workers = len(votes.tasks), len(votes.labels), len(votes.workers)
    logs = np.empty((n_tasks, n_labels))
    vote = votes.worker.astype(np.intp) * n_labels + votes.label
    for true in range(n_labels):
        entries = np.flatnonzero(model.true == true)
        place = model.worker[entries] * n_labels + model.given[entries]
        prior = np.full(n_labels, model.wrong)
        prior[true] = _RIGHT
        total = np.full(n_workers, digamma(np.array(model.row_prior)))
        best = np.full(n_tasks, -np.inf)
        for subtype in range(model.subtypes):
            total[model.worker[entries]] = step.totals[subtype, model.row[entries]]
            table = (digamma(prior) - total[:, None]).reshape(-1)
            table[place] = step.entries[subtype, entries]
            found = sums(votes.task, table.take(vote), n_tasks)
            np.logaddexp(best, found + step.mixture[subtype, true], out=best)
        logs[:, true] = best
    return logs + model.log_prior
