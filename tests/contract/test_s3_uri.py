import pytest

from labelwright.contract.s3_uri import S3Uri


def test_address_is_taken_as_it_stands() -> None:
    """Colons, blanks, percent signs and slashes belong to the key."""
    uri = S3Uri.parse("s3://my.bucket-1/a//b c%20:d/é😀.json")
    assert uri == ("my.bucket-1", "a//b c%20:d/é😀.json")
    assert str(uri) == "s3://my.bucket-1/a//b c%20:d/é😀.json"
    assert uri.arn == "arn:aws:s3:::my.bucket-1/a//b c%20:d/é😀.json"


@pytest.mark.parametrize(
    "text",
    ["", "SECRET", "s3://", "s3://SECRET", "s3://bucket", "s3://bucket/", "S3://bucket/k",
     "https://bucket/k", "s3:///k", "s3://Bucket/k", "s3://b/k", "s3://bucket/" + "x" * 1025,
     "s3://bucket/" + "é" * 513, "s3://bucket/\ud800", "s3://../k", " s3://bucket/k"],
)  # fmt: skip
def test_what_is_no_address_is_refused_without_repeating_it(text: str) -> None:
    """Another form is a ValueError that does not repeat what may come from a worker."""
    with pytest.raises(ValueError, match=r"S3 key|form s3|no bucket") as caught:
        S3Uri.parse(text)
    assert type(caught.value) is ValueError
    assert "SECRET" not in str(caught.value)
