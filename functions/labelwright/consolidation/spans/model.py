"""Bayesian sequence combination: the true tags of texts, learnt together with how workers tag.

E. Simpson and I. Gurevych (2019), "A Bayesian Approach for Sequence Tagging with Crowds",
https://doi.org/10.18653/v1/D19-1101 (their BSC-seq). Model: the true tags of a text are a Markov
chain; a worker's tag depends on the true tag and on the worker's own tag of the unit before, so
that going on with a span is not counted as so many votes, and neither is silence. Ours differs in
three ways, which matter where data are few:

* Labels do not begin by chance alone. Either a text has its own mix of them (newswire: many teams
  here, many people there), or they have an order (abstracts: methods, then results), so that there
  is a mix after each label. Each is a Dirichlet around the mix of all votes. Which assumption
  holds is told by the evidence. Who is unsure between two labels is told by the rest of the text.
* A worker's rates are shrunk toward its own rates tied over labels, and these toward the typical
  worker's. These priors are learnt in a few passes and then held. Of true tags that go on, the tied
  rates are all there is.
* True spans begin and end only where somebody's do: the chain goes from stretch to stretch.

Inference is variational Bayes in the rates and in the mixes; transitions are points (MAP). With the
priors held, the evidence bound never falls.
"""

from dataclasses import dataclass

import numpy as np

from labelwright.consolidation.gamma import digamma, log_gamma
from labelwright.consolidation.spans.chain import (
    ChainPosterior,
    Chains,
    Moves,
    Positions,
    forward_backward,
)
from labelwright.consolidation.spans.emission import Emission
from labelwright.consolidation.spans.rows import Layout, TagRows
from labelwright.consolidation.spans.states import States
from labelwright.consolidation.votes import Floats

#: Passes in which the priors of workers are learnt anew.
_PRIOR_PASSES = 10
#: Passes of the model that does not know all answers.
_FORETELLING_PASSES = 5
#: Passes after those: as many as the work allows, within bounds.
_MOST_PASSES, _LEAST_PASSES, _MOST_WORK = 100, 15, 100_000_000
#: What takes as much time as a tag of a row in one pass: so many moves of a position's states, and
#: so small a part of a step of the chains, which takes its time however few texts there are.
MOVES, STEP = 8, 1_500


@dataclass(frozen=True)
class SequenceResult:
    """``chain`` is the posterior of the states, of which the first are the tags.

    ``bound`` is the evidence bound before each pass, from when the priors were held. ``ordered``
    tells which assumption about labels was made.
    """

    chain: ChainPosterior
    bound: tuple[float, ...]
    converged: bool
    ordered: bool


def combine_sequences(rows: TagRows, chains: Chains) -> SequenceResult:
    """Infer the true tags under either assumption about labels; the one with more evidence holds.

    The positions of ``chains`` are the stretches; every run has a row, and there is at least one.
    Where the true tag is known, the posterior is pinned to it.
    """
    by_text = infer_sequences(rows, chains, ordered=False)
    if rows.n_labels == 1:
        return by_text
    by_order = infer_sequences(rows, chains, ordered=True)
    # Rounded: what differs by the machine's arithmetic alone must not decide.
    return by_order if round(by_order.bound[-1] - by_text.bound[-1], 6) > 0 else by_text


def foretell(rows: TagRows, chains: Chains, known: SequenceResult) -> SequenceResult:
    """Infer the true tags from fewer answers, under the assumption that held for all of them.

    In a few passes, with the priors learnt in each: on crowd data the weight that is learnt from
    them is the same after 3, 5 and 10.
    """
    return infer_sequences(
        rows, chains, ordered=known.ordered, prior_passes=_FORETELLING_PASSES, max_iterations=0
    )


def infer_sequences(
    rows: TagRows,
    chains: Chains,
    *,
    ordered: bool,
    prior_passes: int = _PRIOR_PASSES,
    max_iterations: int | None = None,
    tolerance: float = 1e-5,
) -> SequenceResult:
    """Infer the true tags; stop when the bound gains less than ``tolerance`` a row and unit.

    So do they after ``max_iterations`` passes with the priors held; by default as many as the work
    of one allows, by what there is and not by the clock, 15 to 100. Real jobs take 2 to 6.

    ``prior_passes``, at least 1, come before those.

    ``ordered``: which label begins depends on the label before, else on the text.
    """
    emission, layout = Emission(rows), Layout.of(rows)
    states, text = States.of(rows.n_labels, ordered), chains.chain
    pinned = rows.known >= 0
    impossible = pinned[:, None] & (rows.known[:, None] != np.arange(rows.n_tags))
    mass, moves = rows.vote_shares()
    layout.pin(mass, rows.known)
    begins = np.arange(1, rows.n_tags, 2)
    # How many spans of each label begin, after each last label or in each text.
    begun = np.zeros((rows.n_labels + 1, rows.n_labels))
    if not ordered:
        begun = _sum_by(text, mass[layout.first][:, begins])
    n_answers = int(rows.lengths[rows.run].sum())
    trace: list[float] = []
    converged = False
    if max_iterations is None:
        work = len(rows.run) * rows.n_tags + STEP * len(chains.edges)
        max_iterations = passes_for(work + len(rows.known) * len(states.tag) ** 2 // MOVES)
    for iteration in range(prior_passes + max_iterations):
        if iteration < prior_passes:
            base = mass[:, begins].sum(axis=0) + 1
            base = rows.n_labels * base / base.sum()
        mix, mix_divergence = _mixes(begun, base)
        odds = mix - np.log(base / rows.n_labels)
        by_tag, log_prior = _transition(moves, base / rows.n_labels)
        transition = states.transition(by_tag, np.exp(odds) if ordered else np.ones((1, len(base))))
        counts = emission.counts(mass)
        if iteration < prior_passes:
            emission.learn_prior(counts)
        logs, divergence = emission.fit(counts)
        likelihood = layout.log_likelihood(emission.log_likelihood(logs), by_tag)
        if not ordered:
            likelihood[:, begins] += odds[text]
        likelihood[impossible] = -np.inf
        given = Moves(transition[0], transition, layout.long, states.settled)
        chain = forward_backward(chains, likelihood[:, states.tag], given)
        of_tags = states.of_tags(chain.states)
        mass = layout.mass(of_tags)
        between = chain.moves.copy()
        between[0] += chain.begins
        moves = states.of_tags(states.of_tags(between).T).T + layout.moves(of_tags)
        begun = states.begun(between) if ordered else _sum_by(text, of_tags[:, begins])
        if iteration >= prior_passes:
            trace.append(chain.log_evidence + log_prior - divergence - mix_divergence)
        if len(trace) > 1 and trace[-1] - trace[-2] < tolerance * n_answers:
            converged = True
            break
    return SequenceResult(chain, tuple(trace), converged, ordered)


def passes_for(work: int) -> int:
    """Return how many passes with the priors held are affordable, by the work of one."""
    return min(_MOST_PASSES, max(_LEAST_PASSES, _MOST_WORK // max(work, 1)))


def all_work(work: int) -> int:
    """Return the work of all passes, learning and held, where every affordable one is needed.

    In units of as many passes as the largest inputs have: under either assumption, and those
    without some answers, which take one.
    """
    both = 2 * (_PRIOR_PASSES + passes_for(work)) + _FORETELLING_PASSES
    return work * both // (2 * (_PRIOR_PASSES + _LEAST_PASSES) + _FORETELLING_PASSES)


def _transition(moves: Floats, mix: Floats) -> tuple[Floats, float]:
    """Return the transitions that fit the moves best, and the log of their prior density.

    From each tag: outside, begin (labels then follow ``mix``), go on; one third of an observation
    each to start with.
    """
    tags = len(moves)
    inside = np.arange(1, tags)
    later = inside + inside % 2
    goes_on = np.zeros(tags)
    goes_on[inside] = moves[inside, later]
    counts = np.stack([moves[:, 0], moves[:, 1::2].sum(axis=1), goes_on], axis=1) + 1 / 3
    counts[0, 2] = 0
    shares = counts / counts.sum(axis=1, keepdims=True)
    transition = np.zeros((tags, tags))
    transition[:, 0] = shares[:, 0]
    transition[:, 1::2] = shares[:, 1:2] * mix
    transition[inside, later] = shares[inside, 2]
    return transition, float(np.log(shares[shares > 0]).sum() / 3)


def _sum_by(group: Positions, rows: Floats) -> Floats:
    """Sum up rows group by group; ``group`` rises from 0."""
    groups = int(group[-1]) + 1
    return np.stack([np.bincount(group, column, minlength=groups) for column in rows.T], axis=1)


def _mixes(counts: Floats, base: Floats) -> tuple[Floats, float]:
    """Return the expected log-mix of each row of counts of labels, and the divergence of all.

    ``base`` is the Dirichlet prior of every mix: one observation a label, in the mix of all votes.
    """
    alpha = counts + base
    total = alpha.sum(axis=1, keepdims=True)
    logs = digamma(alpha) - digamma(total)
    divergence = (
        (counts * logs).sum()
        - (log_gamma(alpha) - log_gamma(base)).sum()
        + log_gamma(total).sum()
        - len(counts) * log_gamma(np.array([base.sum()])).sum()
    )
    return logs, float(divergence)
