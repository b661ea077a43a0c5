"""Votes for tests: small ones generated, and real crowds where the data folder is present."""

import pytest
from hypothesis import strategies as st

from tests.consolidation.real_crowds import DATASETS

Row = tuple[str, str, str]

needs_datasets = pytest.mark.skipif(
    not DATASETS.is_dir(), reason="real crowd answers are not here: ../shared/datasets"
)

rows = st.lists(
    st.tuples(st.sampled_from("0123456"), st.sampled_from("uvwx"), st.sampled_from("abc")),
    max_size=40,
)

golds = st.dictionaries(st.sampled_from("0123456789"), st.sampled_from("abcd"), max_size=4)
