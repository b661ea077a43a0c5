"""Invented sentences from reviews of a ferry, a café and a lamp, and what each says of them."""

from dataclasses import dataclass

from tests.samples.chance import Chance
from tests.samples.namers import Naming

FOLDER = "text-classification"

#: For each label, those that it is taken for.
LOOKS_LIKE: dict[str, tuple[str, ...]] = {
    "positive": ("mixed",),
    "negative": ("mixed",),
    "mixed": ("positive", "negative"),
    "neutral": ("mixed", "positive"),
}

_SENTENCES: tuple[tuple[str, str], ...] = (
    ("The ferry left to the minute and the crew had blankets for everybody on deck.", "positive"),
    ("Ninety minutes in the rain, and then they told us that the boat had been sold.", "negative"),
    ("Lovely view from the upper deck, but the engine drowns every word.", "mixed"),
    ("The ferry runs every forty minutes from the pier behind the fish hall.", "neutral"),
    ("I would take the night boat again tomorrow, with a thicker coat.", "positive"),
    ("My bicycle came off the ship with a bent wheel and nobody wanted to hear of it.", "negative"),
    ("Tickets are sold at the kiosk; cards are taken from five euros.", "neutral"),
    ("Best cardamom bun north of the canal 😍", "positive"),
    ("They charge for tap water. For tap water!", "negative"),
    ("The cake was a dream, the chair a punishment.", "mixed"),
    ("The café opens at seven and closes when the last loaf is gone.", "neutral"),
    ("A quiet corner, strong tea, and nobody minds if you read for three hours.", "positive"),
    ("Great, another place where the soup is a photograph of soup.", "negative"),
    ("Friendly staff who brought me somebody else's lunch, twice.", "mixed"),
    ("Zwei Tische am Fenster, sechs im Hof.", "neutral"),
    ("I came for the wifi and stayed for the plum tart.", "positive"),
    ("The menu says \"house-made\"; the bin behind the house says otherwise.", "negative"),
    ("Not bad at all, for a station.", "positive"),
    ("The lamp gives a warm light and has survived two moves and a cat.", "positive"),
    ("It flickered for a week and then it stopped flickering, and everything else.", "negative"),
    ("The switch is on the cable, about a metre from the plug.", "neutral"),
    ("Beautiful shade; the base tips over if you look at it.", "mixed"),
    ("Third one I have bought, and the first two still work.", "positive"),
    ("If you enjoy the smell of hot plastic, this is the lamp for you.", "negative"),
    ("It takes an E14 bulb, which is not in the box.", "neutral"),
    ("Cheap, and looks it, but it is bright enough to sew by.", "mixed"),
    ("明るくて、とても気に入っています。", "positive"),
    ("The shop answered within the hour and sent a new cable for nothing.", "positive"),
    ("Returned.", "negative"),
    ("It is a lamp.", "neutral"),
)  # fmt: skip


@dataclass(frozen=True)
class Review:
    """One sentence; ``difficulty`` is how much likelier than usual it is mistaken."""

    id: str
    text: str
    label: str
    difficulty: float


def load() -> list[Review]:
    """Return the 30 sentences, in the order of the manifest."""
    chance = Chance("reviews")
    return [
        Review(f"review-{number:02}", text, label, 1.0 + 2.5 * chance.happens(0.25))
        for number, (text, label) in enumerate(_SENTENCES, 1)
    ]


#: Five workers, and what they answer.
NAMING = Naming("crowd-classifier", LOOKS_LIKE, (3, 12), short="review-27")
