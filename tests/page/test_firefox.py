"""The page in Firefox: selection, keys and submit, as in Chromium."""

import json
import subprocess
from pathlib import Path

import pytest

from labelwright_local.simulated.browser import find
from tests.browsers import FIREFOX
from tests.page.worker_page import consolidated, document, ends, task_input
from tests.samples import documents
from tests.web.page_server import serve_page

pytestmark = [pytest.mark.long, pytest.mark.firefox]

WEB = Path(__file__).parents[2] / "web"
DOCUMENT = "emoji-irony"


def test_a_task_is_done_in_firefox() -> None:
    """Marked by keys and by mouse, refused while incomplete, sent, and read by post-labeling."""
    firefox = find(FIREFOX)
    assert firefox is not None
    with serve_page(documents.FOLDER, task_input(DOCUMENT)) as address:
        done = subprocess.run(
            ["node", "page/drive_firefox.mjs", firefox, address],
            cwd=WEB, capture_output=True, text=True, timeout=180, check=False,
        )  # fmt: skip
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout)
    text = document(DOCUMENT).text
    assert seen["failures"] == []
    assert seen["unchanged"] is True
    assert seen["byKeys"] == seen["kept"] == text[:12]
    assert "Can this abstract be used?" in seen["refused"]
    assert list(seen["answer"]) == ["annotations"]
    answer = json.loads(seen["answer"]["annotations"])
    first, second = answer["value"]
    assert first["label"] == "BACKGROUND"
    assert text[first["start"] : first["end"]] == first["quote"]
    assert first["quote"].startswith(text[:12])
    assert second["label"] == "METHODS"
    assert second["quote"] == text[second["start"] : second["end"]]
    assert seen["byMouse"].strip(" .") in second["quote"]
    fields = consolidated(answer, text)
    assert ends(fields["entities"]["value"]) == ends(answer["value"])
    assert fields["quality"]["value"] == "yes"
