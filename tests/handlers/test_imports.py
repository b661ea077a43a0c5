import subprocess
import sys

import pytest


def loaded_by(module: str) -> set[str]:
    """Return the names of all modules that importing one loads in a fresh interpreter."""
    code = f"import sys, {module}; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True, timeout=60
    )
    return set(done.stdout.split())


@pytest.mark.parametrize(
    ("module", "forbidden"),
    [
        (
            "pre_labeling",
            {
                "numpy",
                "boto3",
                "botocore",
                "aws_lambda_powertools",
                "labelwright.consolidation",
                "labelwright.label",
                "labelwright.answers",
                "labelwright.contract.own_label",
                "labelwright_local",
            },
        ),
        ("post_labeling", {"boto3", "botocore", "aws_lambda_powertools", "labelwright_local"}),
    ],
)
def test_importing_a_handler_loads_no_more_than_it_needs(module: str, forbidden: set[str]) -> None:
    """A cold start pays for what the handler uses, and the laptop's wiring stays out."""
    assert loaded_by(module) & forbidden == set()
