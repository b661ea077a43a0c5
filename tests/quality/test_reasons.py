"""Reasons that are alike."""

from labelwright.quality.reasons import Reason, alike


def test_reasons_that_differ_in_addresses_and_numbers_are_one() -> None:
    """The first stands for all of them; the most frequent comes first."""
    missing = [
        Reason("failed", f"[object-not-found] s3://bkt/a {n}.txt: there is none", f"line {n}")
        for n in range(300)
    ]
    others = [
        Reason("failed", "[text-encoding] s3://bkt/x.txt: byte 17 is not UTF-8", "line 400"),
        Reason("failed", "[text-encoding] s3://bkt/y.txt: byte 9 is not UTF-8", "line 401"),
        Reason("skipped", "[text-encoding] s3://bkt/y.txt: byte 9 is not UTF-8", "line 402"),
    ]
    groups = alike([*others, *missing])
    assert [(group.times, group.first) for group in groups] == [
        (300, missing[0]), (2, others[0]), (1, others[2]),
    ]  # fmt: skip
