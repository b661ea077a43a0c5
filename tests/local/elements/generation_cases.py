"""Texts that models are trained with: responses ranked, questions asked and answered."""

from tests.local.elements.steps import SUBMIT, Case, Press, Sees, Tab

PROMPT = "Why do we see ourselves in a mirror?\nTell it a child's way."
RESPONSES = ["Light <b>bounces</b>.", 'It\'s "optics".', "Magic."]

GENERATION_CASES = (
    Case(
        "text-ranking",
        {"source": PROMPT, "responses": RESPONSES},
        (
            Sees("Light <b>bounces</b>."),
            Tab("radio", "Response 1, Clarity: rank 1"),
            Press("Space"),
            Press("ArrowRight"),
            Tab("radio", "Response 1, Tone: rank 1"),
            Press("1"),
            Tab("radio", "Response 2, Clarity: rank 1"),
            Press("2"),
            Tab("radio", "Response 2, Tone: rank 1"),
            Press("1"),
            Sees("Tone: response 2 is rank 1; response 1 is now without a rank"),
            Press("Control+z"),
            Press("2"),
            Press("1"),
            Sees("Tone: response 2 is rank 1; response 1 is now rank 2"),
            *SUBMIT,
            Sees("Rank the responses: please rank response 3 for Clarity."),
            Press("1"),
            Tab("radio", "Response 3, Tone: rank 1"),
            Press("3"),
            *SUBMIT,
        ),
        {
            "textRanking": {
                "ordinalRankingDimensions": [
                    {"name": "Clarity", "responseRankings": [2, 2, 1]},
                    {"name": "Tone", "responseRankings": [2, 1, 3]},
                ]
            }
        },
        {"textRanking.ordinalRankingDimensions": "unknown"},
    ),
    Case(
        "text-ranking-apart",
        {"source": PROMPT, "responses": RESPONSES[:2]},
        (
            Sees("Ties are allowed."),
            Tab("radio", "Response 1, Accuracy: rank 1"),
            Press("Space"),
            Tab("radio", "Response 2, Accuracy: rank 1"),
            Press("Space"),
            *SUBMIT,
        ),
        {"ordinalRankingDimensions": [{"name": "Accuracy", "responseRankings": [1, 1]}]},
        {"ordinalRankingDimensions": "unknown"},
    ),
)
