"""What is built of ``web/`` and comes with the package: where it lies, and its address on servers.

The worker portal and the preview serve the folder; the task's page names its script by address.
"""

from pathlib import Path
from typing import Final

#: The files, flat: scripts and styles that the pages load.
FOLDER: Final = Path(__file__).parent / "assets"

#: Where the servers mount the folder.
ADDRESS: Final = "/assets"

#: The stand-in crowd elements' script, for pages.
CROWD_SCRIPT: Final = f"{ADDRESS}/crowd-elements.js"

#: The script that gives a task's page storage and cookies in memory.
STORAGE: Final = FOLDER / "storage.js"

#: The script by which forms of Mechanical Turk answer.
MTURK_FORM: Final = FOLDER / "mturk-form.js"

#: The script that passes the answer of the service's own elements on to who embeds the page.
REAL_ELEMENTS: Final = FOLDER / "real-elements.js"
