"""Where a job's files lie, both ways: from parts to addresses and back."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelwright.contract.job_layout import (
    JobLayout,
    RequestName,
    WorkerResponseName,
    batch_place,
    copied_worker_response,
    job_of_output_manifest,
    named_time,
    parse_request,
    time_name,
    worker_response_folder,
)

JOB = JobLayout("s3://out/folder/Job")
TIME = "2021-11-18_02:19:51"

#: Whatever may stand between two slashes, the words of the layout among it.
segments = st.one_of(
    st.text(min_size=1).filter(lambda text: "/" not in text),
    st.sampled_from(
        ["iteration-1", "annotations", "worker-response", "x.json", "labelwright", "."]
    ),
)
iterations = st.integers(0, 10**6)
jobs = st.lists(segments, min_size=1, max_size=9).map(lambda parts: JobLayout("/".join(parts)))
request_names = st.builds(RequestName, iterations, segments)


@given(job=jobs, name=request_names)
def test_a_request_is_found_by_its_name(job: JobLayout, name: RequestName) -> None:
    """Whatever stands in the job's prefix and in the name."""
    assert parse_request(job.request(name)) == (job, name)


@given(job=jobs, name=st.builds(WorkerResponseName, iterations, segments, segments))
def test_a_worker_response_is_found_in_a_copy_of_its_folder(
    job: JobLayout, name: WorkerResponseName
) -> None:
    """By what its address says below the folder."""
    address = job.worker_response(name)
    assert copied_worker_response(address.removeprefix(f"{job.worker_responses}/")) == name


@given(job=jobs)
def test_an_output_manifest_is_found_by_its_job(job: JobLayout) -> None:
    """Whatever the job's prefix is."""
    assert job_of_output_manifest(job.output_manifest) == job


@given(name=request_names)
def test_a_request_name_comes_back_from_the_snapshot(name: RequestName) -> None:
    """There it is written as text."""
    assert RequestName.parse(str(name)) == name


@given(st.datetimes(datetime(1000, 1, 1), datetime(9999, 12, 30), timezones=st.timezones()))
def test_a_time_comes_back_from_the_name_of_a_file(moment: datetime) -> None:
    """In whole seconds."""
    assert named_time(time_name(moment)) == moment.astimezone(UTC).replace(microsecond=0)


def test_names_are_those_of_the_service() -> None:
    """Contract section 3.1."""
    name = RequestName(1, TIME)
    annotations = "s3://out/folder/Job/annotations"
    consolidated = f"{annotations}/consolidated-annotation"
    tail = f"iteration-1/{TIME}.json"
    assert JOB.request(name) == f"{consolidated}/consolidation-request/{tail}"
    assert JOB.response(name) == f"{consolidated}/consolidation-response/{tail}"
    assert (
        JOB.worker_response(WorkerResponseName(1, "7", TIME))
        == f"{annotations}/worker-response/iteration-1/7/{TIME}.json"
    )
    assert JOB.intermediate(1) == f"{annotations}/intermediate/1/annotations.manifest"
    assert JOB.output_manifest == "s3://out/folder/Job/manifests/output/output.manifest"
    assert JOB.template == "s3://out/folder/Job/annotation-tool/template.liquid"
    assert JOB.label_categories == "s3://out/folder/Job/annotation-tool/data.json"
    assert JOB.votes == "s3://out/folder/Job/labelwright/votes"


@pytest.mark.parametrize(
    "address",
    [
        JOB.response(RequestName(1, TIME)),
        JOB.request(RequestName(1, "x")).replace("iteration-1", "iteration-01"),
        JOB.request(RequestName(1, "x")).replace("iteration-1", "iteration-x"),
        JOB.request(RequestName(1, "x/y")),
        JOB.request(RequestName(1, "")),
        JOB.request(RequestName(1, "x")).removesuffix(".json"),
        JOB.request(RequestName(1, "x")).removeprefix(f"{JOB.prefix}/"),
    ],
)
def test_what_only_looks_like_a_request_is_none(address: str) -> None:
    """Nothing is read as another file than the one whose address it is."""
    assert parse_request(address) is None


@pytest.mark.parametrize(
    "name", ["", "x", "2021-11-18", f"{TIME} ", "2021-13-18_02:19:51", "2021-1-18_02:19:51"]
)
def test_other_names_are_no_times(name: str) -> None:
    """Files of people's own may lie among the service's."""
    assert named_time(name) is None


def test_requests_are_in_the_order_of_time() -> None:
    """Iterations count as numbers: the tenth is not before the second."""
    names = [RequestName(10, "2021-01-01_00:00:00"), RequestName(2, "2021-01-01_00:00:01")]
    assert sorted(names) == names[::-1]


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("iteration-2/7/t.json", WorkerResponseName(2, "7", "t")),
        ("7/t.json", WorkerResponseName(0, "7", "t")),
        ("any/where/7/t.json", WorkerResponseName(0, "7", "t")),
        ("t.json", None),
        ("7/t.txt", None),
    ],
)
def test_a_copied_worker_response_needs_its_objects_folder_alone(
    address: str, name: WorkerResponseName | None
) -> None:
    """People copy what they need, and under names of their own."""
    assert copied_worker_response(address) == name


def test_the_folder_of_worker_responses_is_known_by_its_name() -> None:
    """Wherever it lies."""
    assert worker_response_folder("s3://b/worker-response/iteration-1/0/t.json") == (
        "s3://b/worker-response"
    )
    assert worker_response_folder("s3://b/worker-responses/0/t.json") is None


def test_a_batch_has_its_own_folder_in_its_job() -> None:
    """Job and iteration come from the request file's path, never from the ARN."""
    name = RequestName(12, "a:b")
    place = batch_place(JOB.request(name))
    assert place == (JOB, name, f"{JOB.prefix}/labelwright/labels/iteration-12/a:b")


def test_a_batch_whose_request_lies_elsewhere_has_its_folder_beside_it() -> None:
    """Where the layout is another, our files still lie below a folder 'labelwright'."""
    place = batch_place("s3://out/x/worker_response/iteration-1/0/2019.json")
    assert place == (None, None, "s3://out/x/worker_response/iteration-1/0/labelwright/2019")
