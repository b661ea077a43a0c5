"""Cold start of pre-labeling: `make bench`.

Measures whole processes that import from the built artifact: from starting the interpreter to the
first answer of the handler, against importing boto3 and making one S3 client. Both take turns in
one run, so that what else the machine does weighs on both. For information there is also the
answer through Lambda's runtime client, which costs every Lambda function the same.
"""

import statistics
import subprocess
import sys
import time
from collections.abc import Callable

from rich.progress import track
from rich.table import Table

from tests.benchmarks.report import CONSOLE, merge
from tests.sam.host_build import HostBuild, host_build
from tests.sam.lambda_process import LambdaProcess, isolated_environment, isolated_python

RUNS = 21
LIMIT = 1.35

_EVENT = {
    "version": "2018-10-16",
    "labelingJobArn": "arn:aws:sagemaker:eu-west-1:111122223333:labeling-job/bench",
    "dataObject": {"source": "A short text."},
}
_DONE = "done\n"
_CLIENT = f"import boto3; boto3.client('s3'); print({_DONE!r}, end='', flush=True)"
_HANDLER = f"""
from types import SimpleNamespace
import pre_labeling
answer = pre_labeling.lambda_handler({_EVENT!r}, SimpleNamespace(aws_request_id="bench"))
assert answer["isHumanAnnotationRequired"]
print({_DONE!r}, end="", flush=True)
"""


def main() -> int:
    """Measure, print, write build/benchmarks.json; fails above the limit."""
    build = host_build()
    measures: dict[str, Callable[[], float]] = {
        "boto3_client": lambda: _process(build, _CLIENT),
        "pre_labeling": lambda: _process(build, _HANDLER),
        "pre_labeling_with_runtime_client": lambda: _invocation(build),
    }
    for measure in measures.values():
        measure()  # brings the files into memory
    seconds: dict[str, list[float]] = {name: [] for name in measures}
    for _ in track(range(RUNS), "cold starts", console=CONSOLE, transient=True):
        for name, measure in measures.items():
            seconds[name].append(measure())
    medians = {name: statistics.median(found) for name, found in seconds.items()}
    ratios = {name: median / medians["boto3_client"] for name, median in medians.items()}

    table = Table("cold start, whole process, ms")
    for column in ("median", "fastest", "slowest", "ratio"):
        table.add_column(column, justify="right")
    for name, found in seconds.items():
        figures = (f"{1000 * figure:.0f}" for figure in (medians[name], min(found), max(found)))
        table.add_row(name.replace("_", " "), *figures, f"{ratios[name]:.2f}")
    CONSOLE.print(table)
    ratio = ratios["pre_labeling"]
    verdict = "within" if ratio <= LIMIT else "above"
    CONSOLE.print(f"ratio {ratio:.2f}, {verdict} the limit of {LIMIT} ({RUNS} runs of each)")
    measured = {
        "ratio": round(ratio, 3),
        "limit": LIMIT,
        "seconds": {name: [round(one, 4) for one in found] for name, found in seconds.items()},
    }
    merge("pre_labeling_cold_start", measured)
    return int(ratio > LIMIT)


def _process(build: HostBuild, code: str) -> float:
    packages = build.pre_labeling[:1]
    before = time.perf_counter()
    with subprocess.Popen(
        [*isolated_python(), "-c", code],
        cwd=packages[0],
        env=isolated_environment(packages),
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        # The handler's log comes before.
        for line in process.stdout:
            if line == _DONE:
                return time.perf_counter() - before
    raise AssertionError(f"the measured process failed with {process.returncode}")


def _invocation(build: HostBuild) -> float:
    with LambdaProcess("pre_labeling.lambda_handler", build.pre_labeling, {}) as process:
        answer = process.invoke(_EVENT)
        assert answer.error is None, answer.error
        return process.answered_at - process.started_at


if __name__ == "__main__":
    sys.exit(main())
