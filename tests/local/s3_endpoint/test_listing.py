"""Listings: pages, prefixes, and that they agree with what was put."""

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labelwright_local.s3_endpoint.listing import page_of
from tests.local.s3_endpoint.conftest import Served

#: No key is another's folder, which a folder can't keep.
KEYS = ["a/1", "a/2", "a:b", "a%3Ab", "a%b", "b", "c d/ü/1", "c d/ü/2", "c d/😀", "z/deep/er/1"]


def listed(served: Served, bucket: str, operation: Any = "list_objects_v2", **query: Any) -> Any:
    """Return all keys and common prefixes of all pages, and the number of pages."""
    keys, prefixes, pages = list[str](), list[str](), 0
    for page in served.client.get_paginator(operation).paginate(Bucket=bucket, **query):
        keys += [entry["Key"] for entry in page.get("Contents", ())]
        prefixes += [entry["Prefix"] for entry in page.get("CommonPrefixes", ())]
        pages += 1
    return keys, prefixes, pages


@pytest.fixture
def filled(served: Served, bucket: str) -> str:
    """Fill a bucket."""
    for key in KEYS:
        served.client.put_object(Bucket=bucket, Key=key, Body=b"")
    return bucket


@pytest.mark.parametrize("operation", ["list_objects_v2", "list_objects"])
def test_pages_together_have_every_key_once(served: Served, filled: str, operation: str) -> None:
    """In the order of UTF-8 bytes."""
    keys, _, pages = listed(served, filled, operation, PaginationConfig={"PageSize": 3})
    assert keys == sorted(KEYS, key=str.encode)
    assert pages == 4


@pytest.mark.parametrize("size", [1, 2, 1000])
def test_a_delimiter_gathers_keys_into_prefixes(served: Served, filled: str, size: int) -> None:
    """Each told once, on whichever page."""
    keys, prefixes, _ = listed(served, filled, Delimiter="/", PaginationConfig={"PageSize": size})
    assert prefixes == ["a/", "c d/", "z/"]
    assert keys == ["a%3Ab", "a%b", "a:b", "b"]
    inner = listed(
        served, filled, Prefix="c d/", Delimiter="/", PaginationConfig={"PageSize": size}
    )
    assert inner[:2] == (["c d/😀"], ["c d/ü/"])


@pytest.mark.parametrize(
    ("prefix", "keys"), [("a", ["a%3Ab", "a%b", "a/1", "a/2", "a:b"]), ("c d/ü/1", ["c d/ü/1"]),
                         ("none/", []), ("../", []), ("a/../", [])]
)  # fmt: skip
def test_a_prefix_is_any_beginning(
    served: Served, filled: str, prefix: str, keys: list[str]
) -> None:
    """Also one that ends within a name, and none that leads out."""
    assert listed(served, filled, Prefix=prefix)[0] == keys


def test_start_after_begins_behind_a_key(served: Served, filled: str) -> None:
    """Whether it is there or not."""
    assert listed(served, filled, StartAfter="b")[0] == [
        "c d/ü/1",
        "c d/ü/2",
        "c d/😀",
        "z/deep/er/1",
    ]


def test_many_are_deleted_at_once(served: Served, filled: str) -> None:
    """Those that can't be are told, and do not stop the others."""
    names = [*KEYS[1:], "../secret", "not there"]
    answer = served.client.delete_objects(
        Bucket=filled, Delete={"Objects": [{"Key": key} for key in names]}
    )
    assert [error.get("Key") for error in answer["Errors"]] == ["../secret"]
    assert {entry.get("Key") for entry in answer["Deleted"]} == {*KEYS[1:], "not there"}
    assert listed(served, filled)[0] == KEYS[:1]


def test_a_bucket_is_known_by_its_folder(served: Served, bucket: str) -> None:
    """Its region is the endpoint's."""
    served.client.head_bucket(Bucket=bucket)
    assert served.client.get_bucket_location(Bucket=bucket)["LocationConstraint"] is None
    with pytest.raises(served.client.exceptions.NoSuchBucket):
        served.client.list_objects_v2(Bucket="no-such-bucket")


steps = st.lists(
    st.tuples(
        st.sampled_from(["put", "put", "delete", "list"]),
        st.sampled_from(KEYS),
        st.binary(max_size=9),
    ),
    max_size=12,
)


def test_the_endpoint_agrees_with_a_dictionary(served: Served, bucket: str) -> None:
    """Whatever is put, deleted and listed in whatever order."""

    @settings(max_examples=15)
    @given(steps, st.sampled_from(["", "a", "c d/"]), st.integers(1, 3))
    def agree(run: Sequence[tuple[str, str, bytes]], prefix: str, size: int) -> None:
        held: dict[str, bytes] = {}
        for key in KEYS:
            served.storage.delete(f"s3://{bucket}/{key}")
        for what, key, data in run:
            if what == "put":
                served.client.put_object(Bucket=bucket, Key=key, Body=data)
                held[key] = data
            elif what == "delete":
                served.client.delete_object(Bucket=bucket, Key=key)
                held.pop(key, None)
            else:
                keys = listed(served, bucket, Prefix=prefix, PaginationConfig={"PageSize": size})[0]
                assert keys == sorted((k for k in held if k.startswith(prefix)), key=str.encode)
        for key, data in held.items():
            assert served.client.get_object(Bucket=bucket, Key=key)["Body"].read() == data

    agree()


@given(
    st.sets(st.text("ab/é😀", min_size=1, max_size=6)),
    st.text("ab/", max_size=2),
    st.sampled_from(["", "/", "ab"]),
    st.integers(1, 4),
)
def test_pages_of_any_size_are_the_one_big_page(
    names: set[str], prefix: str, delimiter: str, size: int
) -> None:
    """Nothing is told twice, and nothing left out."""
    keys = sorted((name for name in names if name.startswith(prefix)), key=str.encode)
    whole = page_of(keys, prefix, delimiter, "", 10_000)
    assert whole.last is None
    told: tuple[list[str], list[str]] = ([], [])
    after: str | None = ""
    while after is not None:
        page = page_of(keys, prefix, delimiter, after, size)
        assert len(page.keys) + len(page.prefixes) <= size
        told[0].extend(page.keys)
        told[1].extend(page.prefixes)
        after = page.last
    assert told == (whole.keys, whole.prefixes)
