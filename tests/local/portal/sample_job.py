"""The sample job of abstracts, ten objects, with a page that a test can fill in quickly."""

import shutil
from pathlib import Path

SAMPLE = Path(__file__).parents[3] / "templates" / "abstract-entities"

#: Workers' answers have the shape of the sample's: one value, a JSON string.
TEMPLATE = """<script src="https://assets.crowd.aws/crowd-html-elements.js"></script>
<crowd-form>
  <p>{{ task.input.text | escape }}</p>
  <img src="{{ task.input.taskObject | grant_read_access }}" alt="The page" width="80">
  <label for="notes">Notes</label> <input id="notes" required>
  <input type="hidden" name="annotations">
</crowd-form>
<script>
  const keep = (type, rest) => parent.postMessage({labelwright: 1, type, ...rest}, "*");
  const notes = document.getElementById("notes");
  notes.addEventListener("input", () => keep("draft", {draft: notes.value}));
  addEventListener("message", (event) => {
    if (event.source !== parent || event.data.type !== "welcome") return;
    notes.value = event.data.draft || "";
  });
  keep("hello");
  document.querySelector("crowd-form").addEventListener("submit", () => {
    const answer = {value: [], notes: notes.value, claimResult: true};
    document.querySelector("[name=annotations]").value = JSON.stringify(answer);
  });
</script>
"""


def write_job(folder: Path, objects: int = 10, template: str = TEMPLATE) -> Path:
    """Write the job's files into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(SAMPLE / "task.toml", folder)
    lines = (SAMPLE / "sample" / "manifest.jsonl").read_text("utf-8").splitlines()[:objects]
    (folder / "manifest.jsonl").write_text("".join(f"{line}\n" for line in lines), "utf-8")
    (folder / "template.html").write_text(template, "utf-8")
    (folder / "s3").symlink_to(SAMPLE / "sample" / "s3")
    return folder
