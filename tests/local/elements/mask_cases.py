"""Masks by brush, eraser and polygon, with keys; a PNG stands as the pixels of each colour."""

from tests.local.elements.steps import IMAGE, SIZE, SUBMIT, Case, Press, Sees, Tab, Type

MASK = "s3://sample/mask.png"
CAT, DOG, BIRD = "#2f6fde", "#d9660a", "#1d8a4b"

MASK_CASES = (
    Case(
        "semantic-segmentation",
        {"image": IMAGE, "labels": ["cat", "dog"]},
        (
            Tab("application", "Image to annotate"),
            Press("2"),
            # From the middle, which is at 100, 50, thirty pixels to the right, five wide.
            Press("Enter"),
            Press("Shift+ArrowRight", 3),
            Press("Enter"),
            Press("1"),
            Press("p"),
            Press("Enter"),
            Press("Shift+ArrowUp", 2),
            Press("Enter"),
            Press("Shift+ArrowLeft"),
            Press("Enter"),
            Press("Backspace"),
            Press("Shift+ArrowRight", 3),
            Press("Enter"),
            Press("c"),
            # The triangle takes a pixel of the line. The eraser's stroke is taken back.
            Press("e"),
            Press("Enter"),
            Press("ArrowDown", 4),
            Press("Enter"),
            Press("Control+z"),
            Press("Control+z"),
            Press("Control+y"),
            Sees("dog, 0.8 %"),
            *SUBMIT,
        ),
        {
            "annotatedResult": {
                "inputImageProperties": SIZE,
                "labelMappings": {"cat": {"color": CAT}, "dog": {"color": DOG}},
                "labeledImage": {"pngImageData": {"#ffffff": 19640, CAT: 190, DOG: 170}},
            }
        },
        {"annotatedResult": "unknown"},
    ),
    Case(
        "semantic-segmentation-adjusted",
        {
            "image": IMAGE,
            "mask": MASK,
            "map": {
                "0": {"class-name": "BACKGROUND", "hex-color": "#ffffff"},
                "1": {"class-name": "Cat", "hex-color": "#ff0000"},
                "2": {"class-name": "Dog", "hex-color": "#00FF00"},
                "3": {"class-name": "Cow", "hex-color": "#777777"},
            },
        },
        (
            Sees("its label is not among those to choose from"),
            Tab("button", "Dog, 2.0 %"),
            Press("Delete"),
            *SUBMIT,
        ),
        {
            "annotatedResult": {
                "inputImageProperties": SIZE,
                "labelMappings": {
                    "Cat": {"color": "#ff0000"},
                    "Dog": {"color": "#00ff00"},
                    "Bird": {"color": CAT},
                },
                "labeledImage": {"pngImageData": {"#ffffff": 19600, "#ff0000": 400}},
                "initialValueModified": True,
                "initialValueLeftOut": [
                    {
                        "reason": "its label is not among those to choose from",
                        "item": {"label": "Cow", "color": "#777777"},
                    },
                    {"reason": "their colour is that of no label", "item": {"pixels": 400}},
                ],
            }
        },
        {"annotatedResult": "unknown"},
    ),
    Case(
        "instance-segmentation",
        {"image": IMAGE},
        (
            Tab("textbox", "Another kind"),
            Type("goat"),
            Tab("button", "Add"),
            Press("Enter"),
            Tab("application", "Image to annotate"),
            Press("]"),
            Press("["),
            Press("["),
            Press("Enter", 2),
            Press("n"),
            Press("Shift+ArrowRight"),
            Press("Enter", 2),
            Press("3"),
            Press("Shift+ArrowRight"),
            Press("Enter", 2),
            Tab("button", "sheep 2, under 0.1 %"),
            Press("2"),
            *SUBMIT,
        ),
        {
            "animals": {
                "inputImageProperties": SIZE,
                "instances": [
                    {"color": CAT, "label": "sheep"},
                    {"color": DOG, "label": "dog"},
                    {"color": BIRD, "label": "goat"},
                ],
                "labeledImage": {"pngImageData": {"#ffffff": 19973, CAT: 9, DOG: 9, BIRD: 9}},
            }
        },
        {"animals": "unknown"},
    ),
)
