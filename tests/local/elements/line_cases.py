"""Lines on an image: with two ends, and with points between."""

from tests.local.elements.steps import IMAGE, SIZE, SUBMIT, Case, Press, Sees, Tab

KEPT = {"label": "sideline", "vertices": [{"x": 10, "y": 10}, {"x": 60, "y": 40}]}
OVER = {"label": "yardline", "vertices": [{"x": 100, "y": 20}, {"x": 250, "y": 20}]}
STRANGE = {"label": "goal", "vertices": [{"x": 1, "y": 2}, {"x": 3, "y": 4}]}

LINE_CASES = (
    Case(
        "line",
        {"image": IMAGE, "lines": [KEPT, OVER, STRANGE]},
        (
            Sees("its label is not among those to choose from"),
            Sees("Cut at the edge of the image, beyond which it went: 1"),
            Tab("application", "Image to annotate"),
            Press("2"),
            Press("Enter"),
            Press("Shift+ArrowDown", 2),
            Press("Enter"),
            Tab("button", "sideline, from 10, 10 to 60, 40"),
            Press("]", 2),
            Press("Control+ArrowRight"),
            *SUBMIT,
        ),
        {
            "crowdLine": {
                "inputImageProperties": SIZE,
                "lines": [
                    {"label": "sideline", "vertices": [{"x": 10, "y": 10}, {"x": 70, "y": 40}]},
                    {"label": "yardline", "vertices": [{"x": 100, "y": 20}, {"x": 200, "y": 20}]},
                    {"label": "yardline", "vertices": [{"x": 100, "y": 50}, {"x": 100, "y": 70}]},
                ],
                "initialValueModified": True,
                "initialValueLeftOut": [
                    {"reason": "its label is not among those to choose from", "item": STRANGE}
                ],
                "initialValueCut": [OVER],
            }
        },
        {"crowdLine": "unknown"},
    ),
    Case(
        "polyline",
        {"image": IMAGE},
        (
            Tab("application", "Image to annotate"),
            Press("Enter"),
            Press("Shift+ArrowRight"),
            Press("Enter"),
            Press("Shift+ArrowDown"),
            Press("Enter"),
            Press("Shift+ArrowLeft"),
            Press("Enter"),
            Press("Control+z"),
            # The last point's place again: with the point taken back it is a point of its own.
            Press("Enter"),
            Press("Enter"),
            Tab("button", "road, 4 points"),
            Press("2"),
            Press("]", 4),
            Press("Delete"),
            *SUBMIT,
        ),
        {
            "crowdPolyline": {
                "inputImageProperties": SIZE,
                "polylines": [
                    {
                        "label": "path",
                        "vertices": [{"x": 100, "y": 50}, {"x": 110, "y": 50}, {"x": 110, "y": 60}],
                    }
                ],
            }
        },
        {"crowdPolyline": "unknown"},
    ),
)
