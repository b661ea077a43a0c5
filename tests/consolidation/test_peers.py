"""Dawid-Skene against crowd-kit's: an independent implementation says the same.

These tests need crowd-kit and fail without it; `make test-all` runs them where it is.
"""

from importlib import import_module

import numpy as np
import pytest

from labelwright.consolidation.choice.dawid_skene import dawid_skene
from labelwright.consolidation.votes import Votes
from tests.benchmarks.synthetic import synthetic
from tests.consolidation.crowds import needs_datasets
from tests.consolidation.real_crowds import CHOICE_SETS, real_crowd

# What crowd-kit's own imports deprecate is not ours.
pytestmark = [pytest.mark.peers, pytest.mark.filterwarnings("ignore")]


def _agrees(votes: Votes, iterations: int = 15) -> None:
    """From the same start and after as many steps."""
    aggregation = import_module("crowdkit.aggregation")
    data = import_module("pandas").DataFrame(
        {"task": votes.task, "worker": votes.worker, "label": votes.label}
    )
    theirs = aggregation.DawidSkene(n_iter=iterations, tol=-1e9).fit(data).probas_
    theirs = theirs.reindex(range(len(votes.tasks))).reindex(columns=range(len(votes.labels)))
    ours = dawid_skene(votes, max_iterations=iterations, tolerance=-np.inf).posteriors
    np.testing.assert_allclose(ours, theirs.fillna(0).to_numpy(), atol=1e-6)


@pytest.mark.parametrize("n_labels", [2, 3, 5])
def test_posteriors_agree_on_generated_votes(n_labels: int) -> None:
    """With no data beside the project."""
    votes, _ = synthetic(50_000, n_labels)
    _agrees(votes)


@needs_datasets
@pytest.mark.parametrize("name", [name for name in CHOICE_SETS if name != "trec"])
def test_posteriors_agree_on_real_crowds(name: str) -> None:
    """All but the largest."""
    _agrees(real_crowd(name)[0])
