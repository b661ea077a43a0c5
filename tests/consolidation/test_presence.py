"""Whether what workers marked is there, by how many of them marked it."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from labelwright.consolidation.presence import presence
from labelwright.consolidation.votes import Floats


def chances(pairs: list[tuple[int, int]]) -> Floats:
    """Return the probabilities of things, given how many of how many marked each."""
    columns: NDArray[np.int64] = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    return presence(columns[:, 0], columns[:, 1])


def test_three_of_five_are_surer_than_a_share_where_workers_miss_much() -> None:
    """Who misses half of what is there marks the same as others only where something is."""
    rng = np.random.default_rng(0)
    marked = rng.binomial(5, 0.5, 2000)
    made_up = [(1, 5)] * 500
    found = chances([*made_up, *((int(k), 5) for k in marked if k), (3, 5), (1, 5)])
    assert found[-2] > 0.9
    assert found[-1] < 0.5


def test_one_thing_alone_is_judged_by_what_is_usual() -> None:
    """All of three are nearly sure, one of two is open, one of five is none."""
    (all_three,), (one_of_two,), (one_of_five,) = map(chances, ([(3, 3)], [(1, 2)], [(1, 5)]))
    assert all_three > 0.98
    assert 0.4 < one_of_two < 0.8
    assert one_of_five < 0.1


_PAIRS = st.lists(
    st.integers(1, 9).flatmap(lambda n: st.tuples(st.integers(1, n), st.just(n))),
    min_size=1,
    max_size=60,
)


@given(_PAIRS)
def test_probabilities_are_proper_and_of_no_order(
    pairs: list[tuple[int, int]],
) -> None:
    """Each lies in 0 to 1, whichever comes first, and it is the same to the bit."""
    found = dict(zip(pairs, chances(pairs).tolist(), strict=True))
    assert all(0 <= one <= 1 for one in found.values())
    turned = pairs[::-1]
    assert chances(turned).tolist() == [found[pair] for pair in turned]


@given(_PAIRS.map(lambda pairs: pairs * 40))
def test_more_workers_make_a_thing_no_less_probable(pairs: list[tuple[int, int]]) -> None:
    """Of as many that were asked."""
    found = sorted(zip(pairs, chances(pairs).tolist(), strict=True), key=lambda one: one[0])
    for (k, n), at in found:
        assert all(above >= at - 1e-9 for (j, m), above in found if m == n and j > k)


def test_chances_rise_with_the_workers_where_two_of_three_is_usual() -> None:
    """Even where the model alone would have one of three surer than two."""
    found = chances([*[(1, 3)] * 1435, *[(2, 3)] * 1553, *[(3, 3)] * 11])
    assert found[0] <= found[1500] <= found[-1]
