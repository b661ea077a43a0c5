"""crowd-kit as its documentation shows it, from CSV to CSV: ``INPUT OUTPUT TOLERANCE``.

A program of its own that imports nothing of ours: what it takes is measured from outside.
"""

import sys
import warnings
from importlib import import_module


def main() -> None:
    """Read votes with pandas, consolidate, write labels with pandas."""
    source, target, tolerance = sys.argv[1:]
    warnings.simplefilter("ignore")
    pandas = import_module("pandas")
    model = import_module("crowdkit.aggregation").DawidSkene(tol=float(tolerance))
    fitted = model.fit(pandas.read_csv(source))
    columns = {"label": fitted.labels_, "confidence": fitted.probas_.max(axis=1)}
    pandas.DataFrame(columns).to_csv(target)


if __name__ == "__main__":
    main()
