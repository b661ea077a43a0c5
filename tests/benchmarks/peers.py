"""Our methods of choice and their peers, one way to call them: votes in, posteriors out.

crowd-kit and cleanlab are imported where they are called: they live in an environment of their own
(`tests/requirements/bench.in`). Amazon's Modified Dawid-Skene is written anew from its published
notebook.
"""

import warnings
from collections.abc import Callable
from importlib import import_module
from typing import Any

import numpy as np

from labelwright.consolidation.choice.dawid_skene import dawid_skene
from labelwright.consolidation.choice.ebcc import ebcc
from labelwright.consolidation.choice.given import only_given
from labelwright.consolidation.choice.majority import majority
from labelwright.consolidation.choice.skill import skill
from labelwright.consolidation.votes import NONE, ChoiceResult, Floats, Votes

Method = Callable[[Votes], Floats]


#: When crowd-kit's Dawid-Skene stops: its default, and early, as too many steps can cost accuracy.
TOLERANCE, EARLY = 1e-5, 3e-4


def crowd_kit_fit(votes: Votes, tolerance: float = TOLERANCE) -> Any:
    """Return crowd-kit's Dawid-Skene with its default settings but for the tolerance, fitted."""
    columns = {"task": votes.task, "worker": votes.worker, "label": votes.label}
    data = import_module("pandas").DataFrame(columns)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return import_module("crowdkit.aggregation").DawidSkene(tol=tolerance).fit(data)


def crowd_kit(votes: Votes) -> Floats:
    """Return the posteriors of crowd-kit's Dawid-Skene."""
    return aligned(crowd_kit_fit(votes).probas_, votes)


def crowd_kit_early(votes: Votes) -> Floats:
    """Return the posteriors of crowd-kit's Dawid-Skene, stopped early."""
    return aligned(crowd_kit_fit(votes, EARLY).probas_, votes)


def wawa(votes: Votes) -> Floats:
    """Return the shares of crowd-kit's Wawa: workers weighted by agreement with the vote."""
    columns = {"task": votes.task, "worker": votes.worker, "label": votes.label}
    data = import_module("pandas").DataFrame(columns)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = import_module("crowdkit.aggregation").Wawa().fit_predict_proba(data)
    return aligned(found, votes)


def aligned(found: Any, votes: Votes) -> Floats:
    """Return crowd-kit's table of posteriors in the order of our tasks and labels."""
    found = found.reindex(range(len(votes.tasks))).reindex(columns=range(len(votes.labels)))
    posteriors: Floats = found.fillna(0).to_numpy()
    return posteriors


def cleanlab(votes: Votes) -> Floats:
    """Return what cleanlab makes of the votes: consensus with quality, from no classifier.

    It asks for a classifier's predictions, too; the vote shares, one answer more for each label,
    stand in for them. Quality goes to the consensus label, the rest evenly to the others.
    """
    n_tasks, n_labels = len(votes.tasks), len(votes.labels)
    answers = np.full((n_tasks, len(votes.workers)), np.nan)
    answers[votes.task, votes.worker] = votes.label
    shares = votes.counts() + 1 / n_labels
    shares /= shares.sum(axis=1, keepdims=True)
    answered = np.bincount(votes.task, minlength=n_tasks) > 0
    answers = answers[answered][:, np.bincount(votes.worker, minlength=len(votes.workers)) > 0]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = import_module("cleanlab.multiannotator").get_label_quality_multiannotator(
            answers, shares[answered], verbose=False
        )["label_quality"]
    quality = np.clip(found["consensus_quality_score"].to_numpy(), 1e-6, 1 - 1e-6)
    label = found["consensus_label"].to_numpy().astype(int)
    # The label that was chosen must stay the best one, however low its quality.
    quality = np.maximum(quality, 1 / n_labels + 1e-6)
    posteriors = np.zeros((n_tasks, n_labels))
    posteriors[answered] = ((1 - quality) / max(n_labels - 1, 1))[:, None]
    posteriors[np.flatnonzero(answered), label] = quality
    return posteriors


def modified_dawid_skene(votes: Votes) -> Floats:
    """Return the posteriors of Amazon's published method: two passes, after which it stops."""
    n_workers, n_labels = len(votes.workers), len(votes.labels)

    def one_coin(right: Floats) -> Floats:
        wrong = (1 - right) / max(n_labels - 1, 1)
        return wrong[:, None, None] + (right - wrong)[:, None, None] * np.eye(n_labels)

    crowd = np.full(n_workers, 0.7)
    confusion = one_coin(crowd)
    posteriors = np.full((len(votes.tasks), n_labels), 1 / n_labels)
    for _ in range(2):
        logs = np.tile(np.log(np.maximum(posteriors.mean(axis=0), 1e-300)), (len(votes.tasks), 1))
        for true in range(n_labels):
            terms = np.log(np.maximum(confusion[votes.worker, true, votes.label], 1e-300))
            logs[:, true] += np.bincount(votes.task, terms, minlength=len(votes.tasks))
        posteriors = np.exp(logs - logs.max(axis=1, keepdims=True))
        posteriors /= posteriors.sum(axis=1, keepdims=True)
        counts = np.zeros((n_workers, n_labels, n_labels))
        for true in range(n_labels):
            np.add.at(counts[:, true], (votes.worker, votes.label), posteriors[votes.task, true])
        answers = counts.sum(axis=(1, 2))
        own = np.trace(counts, axis1=1, axis2=2) / np.maximum(answers, 1)
        confusion = counts + answers[:, None, None] * (one_coin(own) + one_coin(crowd) / 2)
        confusion /= np.maximum(confusion.sum(axis=2, keepdims=True), 1e-300)
        crowd = np.full(n_workers, own[answers > 0].mean())
    return posteriors


def _of_given(votes: Votes, found: ChoiceResult) -> ChoiceResult:
    """Return the result as the method of a field has it: of labels that somebody gave."""
    return only_given(votes, np.full(len(votes.tasks), NONE, dtype=np.int32), found)


OURS: dict[str, Method] = {
    "skill": lambda votes: skill(votes).posteriors,
    "dawid-skene": lambda votes: _of_given(votes, dawid_skene(votes)).posteriors,
    "ebcc": lambda votes: ebcc(votes).posteriors,
    "majority": lambda votes: majority(votes).posteriors,
}
PEERS: dict[str, Method] = {
    "crowd-kit DS": crowd_kit,
    "crowd-kit DS, stopped early": crowd_kit_early,
    "crowd-kit Wawa": wawa,
    "cleanlab": cleanlab,
    "Amazon MDS": modified_dawid_skene,
}
METHODS = OURS | PEERS
