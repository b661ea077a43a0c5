"""Texts that models are trained with: responses ranked, questions asked and answered."""

from tests.local.elements.steps import SUBMIT, Case, Press, Sees, Tab, Type

PROMPT = "Why do we see ourselves in a mirror?\nTell it a child's way."
FOREST = "The forest lies in nine \U0001f30d nations. Most of it is Brazil's."
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
    Case(
        "questions",
        {"source": FOREST},
        (
            *SUBMIT,
            Sees("please write question 1, at least 1 word."),
            Type("Where is the forest, and how large is it?"),
            *SUBMIT,
            Sees("question 1 has 9 words, at most 5 are allowed."),
            Press("Control+a"),
            Type("Where is it?"),
            Tab("textbox", "Answer 1"),
            Type("In nine nations."),
            Tab("checkbox", "Where, question 1"),
            Press("Space"),
            Tab("textbox", "Another tag, question 1"),
            Type("Place"),
            Press("Enter"),
            Tab("button", "Add a question"),
            Press("Enter"),
            Type("Who owns most?"),
            Tab("textbox", "Answer 2"),
            Type("Brazil"),
            Tab("application", "Text to annotate"),
            Press("Control+Home"),
            Press("Control+ArrowRight", 4),
            Press("Shift+Control+ArrowRight", 2),
            Press("Enter"),
            Sees("Added to question 2: nine 🌍 nations"),
            Tab("button", "Add a question"),
            Press("Enter"),
            Sees("At most 2 questions are allowed"),
            *SUBMIT,
        ),
        {
            "qa": {
                "questionAnswerPairs": [
                    {
                        "question": "Where is it?",
                        "answer": "In nine nations.",
                        "questionTags": ["Where", "Place"],
                        "textReferences": [],
                    },
                    {
                        "question": "Who owns most?",
                        "answer": "Brazil",
                        "questionTags": [],
                        "textReferences": [
                            {"startOffset": 19, "endOffset": 34, "text": "nine 🌍 nations"}
                        ],
                    },
                ]
            }
        },
        {"qa.questionAnswerPairs": "unknown"},
    ),
    Case(
        "questions-apart",
        {"source": FOREST},
        (
            Sees("Answer it."),
            Tab("textbox", "Question 1"),
            Type("Where?"),
            Tab("textbox", "Answer 1"),
            Type("There."),
            *SUBMIT,
        ),
        {
            "questionAnswerPairs": [
                {
                    "question": "Where?",
                    "answer": "There.",
                    "questionTags": [],
                    "textReferences": [],
                }
            ]
        },
        {"questionAnswerPairs": "unknown"},
    ),
)
