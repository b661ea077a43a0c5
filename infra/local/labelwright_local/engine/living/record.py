"""What a job leaves in files of ours about its life, for whoever reads its folder alone."""

import sqlite3

from labelwright_local.engine.living import renames
from labelwright_local.engine.living.history import write_history
from labelwright_local.workspace.job_files import JobFiles


def write_record(db: sqlite3.Connection, files: JobFiles) -> None:
    """Write what happened (``history.jsonl``), and which labels have another name now."""
    write_history(db, files)
    files.write_json(files.layout.own("renames.json"), renames.recorded(db))
