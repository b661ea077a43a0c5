import ast
import subprocess
import sys
from pathlib import Path

import pytest

FUNCTIONS = Path(__file__).parents[2] / "functions"
OURS = {"labelwright", "labelwright_lambda"}


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


@pytest.mark.parametrize("handler", sorted(FUNCTIONS.glob("*.py")), ids=lambda path: path.stem)
def test_a_handler_imports_what_ships_beside_it_and_nothing_else_of_ours(handler: Path) -> None:
    """No other handler, and nothing from outside but Python's own library."""
    imported = {
        name.partition(".")[0]
        for node in ast.walk(ast.parse(handler.read_text(encoding="utf-8")))
        for name in _modules(node)
    }
    assert imported & OURS == OURS
    assert imported - OURS <= set(sys.stdlib_module_names)


def _modules(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [node.module or ""] if isinstance(node, ast.ImportFrom) else []
