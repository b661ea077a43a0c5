"""Marks in a text or an image: entities, boxes, keypoints, polygons."""

from tests.local.elements.steps import IMAGE, SIZE, SUBMIT, TEXT, Case, Press, Sees, Tab

MARKING_CASES = (
    Case(
        "entities-and-question",
        {"text": TEXT, "known": [{"label": "person", "startOffset": 0, "endOffset": 3}]},
        (
            Tab("application", "Text to annotate"),
            # To "Charles": six words on, one of them the bird's neighbour; then both names.
            Press("Control+Home"),
            Press("ArrowRight", 15),
            Press("Shift+Control+ArrowRight", 2),
            Press("1"),
            Press("Control+End"),
            Press("ArrowUp"),
            Press("End"),
            Press("ArrowLeft"),
            Press("Shift+Control+ArrowLeft", 3),
            Press("1"),
            Press("Control+z"),
            Press("Control+Shift+Z"),
            Tab("button", "Person: 5 June 1843"),
            Press("2"),
            Sees("date: 5 June 1843"),
            Tab("radio", "Science"),
            Press("Space"),
            *SUBMIT,
        ),
        {
            "annotations": {
                "entities": [
                    {"startOffset": 0, "endOffset": 3, "label": "person"},
                    {"startOffset": 16, "endOffset": 31, "label": "person"},
                    {"startOffset": 35, "endOffset": 46, "label": "date"},
                ]
            },
            "science": {"science": True},
            "art": {"art": False},
        },
        {"annotations": "spans", "science": "choices", "art": "choices"},
    ),
    Case(
        "entities-and-question",
        {
            "text": TEXT,
            "known": [
                {"label": "person", "startOffset": 0, "endOffset": 3},
                {"label": "place", "startOffset": 4, "endOffset": 6},
                {"label": "date", "startOffset": 40, "endOffset": 400},
            ],
        },
        (
            Sees("Left out of what was marked before, and not shown here: 2"),
            Sees("its label is not among those to choose from"),
            *SUBMIT,
        ),
        {
            "annotations": {
                "entities": [{"startOffset": 0, "endOffset": 3, "label": "person"}],
                "initialValueLeftOut": [
                    {
                        "reason": "its label is not among those to choose from",
                        "item": {"label": "place", "startOffset": 4, "endOffset": 6},
                    },
                    {
                        "reason": "outside of the text",
                        "item": {"label": "date", "startOffset": 40, "endOffset": 400},
                    },
                ],
            },
            "science": {"science": False},
            "art": {"art": False},
        },
        {"annotations": "spans", "science": "choices", "art": "choices"},
    ),
    Case(
        "bounding-box",
        {
            "image": IMAGE,
            "labels": ["cat", "dog"],
            "names": {"0": "cat"},
            "boxes": [{"class_id": 0, "left": 20, "top": 10, "width": 60, "height": 40}],
        },
        (
            Tab("application", "Image to annotate"),
            Press("2"),
            # From the middle of the image, which is at 100, 50, in steps of 2.
            Press("ArrowRight", 10),
            Press("Enter"),
            Press("Shift+ArrowRight", 3),
            Press("Control+ArrowDown", 7),
            Press("Enter"),
            Tab("button", "cat, 60 by 40 at 20, 10"),
            Press("ArrowLeft", 3),
            Press("Shift+ArrowDown", 2),
            *SUBMIT,
        ),
        {
            "boxes": {
                "boundingBoxes": [
                    {"height": 42, "label": "cat", "left": 17, "top": 10, "width": 60},
                    {"height": 7, "label": "dog", "left": 120, "top": 50, "width": 30},
                ],
                "inputImageProperties": SIZE,
                "initialValueModified": True,
            }
        },
        {"boxes": "boxes"},
    ),
    Case(
        "bounding-box-instances",
        {"image": IMAGE},
        (
            Tab("combobox", "Another:"),
            Press("ArrowDown"),
            Tab("button", "Add"),
            Press("Enter"),
            Tab("button", "nest #1"),
            Press("Enter"),
            Tab("application", "Image to annotate"),
            Press("Enter"),
            Press("ArrowRight"),
            Press("ArrowUp"),
            Press("Enter"),
            *SUBMIT,
        ),
        {
            "_": "_",
            "instances": '[{"height":2,"left":100,"top":48,"width":2,"kind":"nest"}]',
        },
        {"_": "text", "instances": "unknown"},
    ),
    Case(
        "keypoint-checked",
        {"image": IMAGE, "labels": ["beak", "tail"]},
        (
            *SUBMIT,
            Sees("There must be two points."),
            Tab("application", "Image to annotate"),
            Press("2"),
            Press("Enter"),
            Tab("button", "tail, at 100, 50"),
            Press("Control+ArrowRight"),
            *SUBMIT,
        ),
        {
            "joints": {
                "inputImageProperties": SIZE,
                "keypoints": [
                    {"label": "beak", "x": 20, "y": 30},
                    {"label": "tail", "x": 110, "y": 50},
                ],
                "initialValueLeftOut": [
                    {
                        "reason": "its label is not among those to choose from",
                        "item": {"label": "foot", "x": 1, "y": 1},
                    }
                ],
            }
        },
        {"joints": "unknown"},
    ),
    Case(
        "polygon",
        {"image": IMAGE},
        (
            Tab("application", "Image to annotate"),
            Press("2"),
            Press("Enter"),
            Press("Shift+ArrowRight", 2),
            Press("Enter"),
            Press("Shift+ArrowDown", 2),
            Press("Enter"),
            Press("ArrowDown"),
            Press("Enter"),
            Press("Backspace"),
            Press("c"),
            Tab("button", "lake, 3 points"),
            Press("]"),
            Press("ArrowLeft", 4),
            *SUBMIT,
        ),
        {
            "outline": {
                "polygons": [
                    {
                        "label": "lake",
                        "vertices": [{"x": 96, "y": 50}, {"x": 120, "y": 50}, {"x": 120, "y": 70}],
                    }
                ],
                "inputImageProperties": SIZE,
            }
        },
        {"outline": "unknown"},
    ),
)
