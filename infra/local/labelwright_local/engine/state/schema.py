"""The tables of a job's state, and how an older file becomes a current one.

Times are whole milliseconds since 1970; JSON values are text. An object's ``number`` is its line's,
counted from 0: its datasetObjectId.
"""

import sqlite3

from labelwright.errors import UsageError
from labelwright_local.engine.state.slow_hash import slow_hash

_FIRST = """
CREATE TABLE job (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    workers_per_object INTEGER NOT NULL,
    -- What was named when the job was opened last: another number then changes the job's.
    named_workers INTEGER NOT NULL,
    -- Recorded answers stand in for workers: nobody else is asked.
    recorded INTEGER NOT NULL,
    paused INTEGER NOT NULL DEFAULT 0,
    stopped INTEGER NOT NULL DEFAULT 0,
    finished INTEGER NOT NULL DEFAULT 0,
    -- The output manifest lacks something that is in here.
    unwritten INTEGER NOT NULL DEFAULT 1,
    version INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE batches (
    id INTEGER PRIMARY KEY,
    iteration INTEGER NOT NULL,
    name TEXT NOT NULL UNIQUE,
    state TEXT NOT NULL CHECK (state IN ('requested', 'labeled', 'failed')),
    tries INTEGER NOT NULL DEFAULT 0,
    retry_at INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX batches_requested ON batches (retry_at) WHERE state = 'requested';
CREATE TABLE objects (
    number INTEGER PRIMARY KEY,
    state TEXT NOT NULL CHECK (state IN (
        'waiting', 'open', 'answered', 'labeled', 'failed', 'skipped', 'unreadable')),
    wanted INTEGER NOT NULL,
    -- How many answers count, how many workers hold it, how many declined it.
    answers INTEGER NOT NULL DEFAULT 0 CHECK (answers >= 0),
    held INTEGER NOT NULL DEFAULT 0 CHECK (held >= 0),
    declined INTEGER NOT NULL DEFAULT 0,
    available_until INTEGER,
    answered_at INTEGER,
    iteration INTEGER,
    batch INTEGER REFERENCES batches (id),
    tries INTEGER NOT NULL DEFAULT 0,
    retry_at INTEGER NOT NULL DEFAULT 0,
    -- Why it has no label; with which step to begin when that is tried again.
    reason TEXT,
    failed_in TEXT CHECK (failed_in IN ('pre-labeling', 'workers', 'post-labeling')),
    disagreement REAL
);
CREATE INDEX objects_state ON objects (state, number);
CREATE INDEX objects_to_give ON objects (answers DESC, number)
    WHERE state = 'open' AND answers + held < wanted;
CREATE INDEX objects_until ON objects (available_until) WHERE state = 'open';
CREATE INDEX objects_answered ON objects (iteration, answered_at, number)
    WHERE state = 'answered' AND batch IS NULL;
CREATE INDEX objects_first ON objects (number) WHERE iteration = 1;
CREATE INDEX objects_batch ON objects (batch, number) WHERE batch IS NOT NULL;
-- Apart from objects, so that a change of state rewrites no text.
CREATE TABLE lines (
    object INTEGER PRIMARY KEY REFERENCES objects (number),
    line TEXT NOT NULL
);
CREATE TABLE tasks (
    object INTEGER PRIMARY KEY REFERENCES objects (number),
    input TEXT NOT NULL
);
CREATE TABLE labels (
    object INTEGER PRIMARY KEY REFERENCES objects (number),
    label TEXT NOT NULL
);
CREATE TABLE workers (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    join_code_hash TEXT
);
CREATE TABLE assignments (
    id TEXT PRIMARY KEY,
    object INTEGER NOT NULL REFERENCES objects (number),
    worker TEXT NOT NULL REFERENCES workers (id),
    token TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN (
        'active', 'submitted', 'declined', 'returned', 'expired', 'stopped')),
    taken_at INTEGER NOT NULL,
    deadline INTEGER NOT NULL,
    UNIQUE (worker, token)
);
CREATE UNIQUE INDEX one_task_a_worker ON assignments (worker) WHERE state = 'active';
CREATE UNIQUE INDEX nobody_twice ON assignments (object, worker)
    WHERE state IN ('active', 'submitted', 'declined');
CREATE INDEX assignments_object ON assignments (object, worker);
CREATE INDEX assignments_worker ON assignments (worker, state);
CREATE INDEX assignments_deadline ON assignments (deadline) WHERE state = 'active';
-- What a worker saved of an object outlives the lease: it is there when the task is taken again.
CREATE TABLE drafts (
    object INTEGER NOT NULL REFERENCES objects (number),
    worker TEXT NOT NULL REFERENCES workers (id),
    draft TEXT NOT NULL,  -- a JSON string: whatever people type
    PRIMARY KEY (object, worker)
) WITHOUT ROWID;
-- Recorded answers have no assignment.
CREATE TABLE submissions (
    id INTEGER PRIMARY KEY,
    object INTEGER NOT NULL REFERENCES objects (number),
    worker TEXT NOT NULL REFERENCES workers (id),
    assignment TEXT UNIQUE REFERENCES assignments (id),
    token TEXT,
    content TEXT NOT NULL,
    submission_time TEXT,
    acceptance_time TEXT,
    seconds REAL,
    metadata TEXT
);
CREATE INDEX submissions_object ON submissions (object, id);
CREATE INDEX submissions_worker ON submissions (worker, seconds);
-- Answers that came too late, as they came; content is NULL where it was too large to keep.
CREATE TABLE refusals (
    assignment TEXT NOT NULL REFERENCES assignments (id),
    token TEXT NOT NULL,
    object INTEGER NOT NULL REFERENCES objects (number),
    reason TEXT NOT NULL,
    content TEXT,
    submission_time TEXT NOT NULL,
    PRIMARY KEY (assignment, token)
) WITHOUT ROWID;
CREATE INDEX refusals_object ON refusals (object);
"""

#: What failed and was tried again: the reasons before the one that the object has now.
_FAILURES = """
CREATE TABLE failures (
    id INTEGER PRIMARY KEY,
    object INTEGER NOT NULL REFERENCES objects (number),
    failed_in TEXT NOT NULL CHECK (failed_in IN ('pre-labeling', 'post-labeling')),
    reason TEXT NOT NULL,
    tried_again_at INTEGER NOT NULL
);
CREATE INDEX failures_object ON failures (object, id);
"""

#: What is wrong with single objects: a page that can't be rendered, a missing file, several labels.
_TROUBLES = """
CREATE TABLE troubles (
    object INTEGER NOT NULL REFERENCES objects (number),
    kind TEXT NOT NULL CHECK (kind IN ('page', 'files', 'label')),
    reason TEXT NOT NULL,
    PRIMARY KEY (object, kind)
) WITHOUT ROWID;
"""

#: Who is signed in, and who was taken out of the job; join codes are hashed slowly from here on.
#: ``slow_hash`` takes what was kept before: a code's quick hash is what it makes a slow one of.
_SESSIONS = """
CREATE TABLE sessions (
    id TEXT PRIMARY KEY,
    worker TEXT REFERENCES workers (id),
    requester INTEGER NOT NULL,
    begun_at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX sessions_worker ON sessions (worker);
CREATE INDEX sessions_begun ON sessions (begun_at);
CREATE TABLE removed_workers (
    worker TEXT PRIMARY KEY REFERENCES workers (id)
) WITHOUT ROWID;
UPDATE workers SET join_code_hash = slow_hash(join_code_hash)
    WHERE join_code_hash NOT LIKE 'scrypt$%';
"""

#: A job that lives: its manifest grows, its task changes, objects are asked again. Whatever was
#: there before is of the task's first version; that itself is kept when the job is opened.
_LIVING = """
-- The latest iteration that the manifest grew by; 1: it has not.
ALTER TABLE job ADD COLUMN iteration INTEGER NOT NULL DEFAULT 1;
-- How many answers more than all others it was asked for.
ALTER TABLE objects ADD COLUMN more INTEGER NOT NULL DEFAULT 0;
-- What tells a line of the manifest apart, byte by byte, also one that could not be read.
CREATE TABLE digests (
    object INTEGER PRIMARY KEY REFERENCES objects (number),
    digest BLOB NOT NULL
);
-- What workers were shown, and since when; ``labels`` are those offered, by field.
CREATE TABLE versions (
    id INTEGER PRIMARY KEY,
    begun_at INTEGER NOT NULL,
    definition BLOB,
    page BLOB,
    labels TEXT NOT NULL
);
ALTER TABLE tasks ADD COLUMN version INTEGER NOT NULL DEFAULT 1;
ALTER TABLE assignments ADD COLUMN version INTEGER NOT NULL DEFAULT 1;
CREATE TABLE renames (
    id INTEGER PRIMARY KEY,
    field TEXT NOT NULL,
    old TEXT NOT NULL,
    new TEXT NOT NULL,
    renamed_at INTEGER NOT NULL
);
-- What batches were sent, the same whenever their files are made: an object that is asked again is
-- in several, each with the answers up to one.
CREATE TABLE members (
    batch INTEGER NOT NULL REFERENCES batches (id),
    object INTEGER NOT NULL REFERENCES objects (number),
    last_submission INTEGER NOT NULL,
    PRIMARY KEY (batch, object)
) WITHOUT ROWID;
INSERT INTO members
    SELECT batch, object, max(submissions.id) FROM submissions
    JOIN objects ON number = object WHERE batch IS NOT NULL GROUP BY object;
-- Which batch a label is of: an object that is asked again keeps it until there is a new one.
ALTER TABLE labels ADD COLUMN batch INTEGER REFERENCES batches (id);
UPDATE labels SET batch = (SELECT batch FROM objects WHERE number = object);
CREATE TABLE history (
    id INTEGER PRIMARY KEY,
    happened_at INTEGER NOT NULL,
    answers INTEGER NOT NULL,
    kind TEXT NOT NULL,
    detail TEXT NOT NULL
);
"""

#: Labels that all come from the whole job, and what objects have until their batch is labeled.
#: ``refined`` is 1 once the job was consolidated whole, or that failed (``refine_fault``).
_WHOLE_JOB = """
ALTER TABLE job ADD COLUMN refined INTEGER NOT NULL DEFAULT 0;
ALTER TABLE job ADD COLUMN refine_fault TEXT;
CREATE TABLE refined_labels (
    object INTEGER PRIMARY KEY REFERENCES objects (number),
    label TEXT NOT NULL
);
-- Good for so many answers; the label is NULL where none could be made of them.
CREATE TABLE provisional_labels (
    object INTEGER PRIMARY KEY REFERENCES objects (number),
    answers INTEGER NOT NULL,
    label TEXT
);
"""

#: What was answered before it was corrected; join codes that end.
_REVISIONS = """
CREATE TABLE revisions (
    id INTEGER PRIMARY KEY,
    submission INTEGER NOT NULL REFERENCES submissions (id),
    token TEXT,
    content TEXT NOT NULL,
    submission_time TEXT
);
CREATE INDEX revisions_submission ON revisions (submission, id);
-- NULL: the code ends when there is a new one.
ALTER TABLE workers ADD COLUMN join_code_until INTEGER;
"""

#: Each brings the file from the version of its place to the next one.
_MIGRATIONS = (_FIRST, _FAILURES, _TROUBLES, _SESSIONS, _LIVING, _WHOLE_JOB, _REVISIONS)


def migrate(connection: sqlite3.Connection, place: str) -> None:
    """Bring a state file to the current version, in one transaction for each step.

    Raises:
        UsageError: a newer Labelwright made it.
    """
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version > len(_MIGRATIONS):
        raise UsageError(
            f"{place}: a newer version of Labelwright made this file; use that one, or choose "
            "another --workspace"
        )
    # What a migration replaces is gone from the file, too.
    connection.execute("PRAGMA secure_delete = ON")
    connection.create_function("slow_hash", 1, slow_hash, deterministic=False)
    for number in range(version, len(_MIGRATIONS)):
        connection.executescript(
            f"BEGIN IMMEDIATE;{_MIGRATIONS[number]}PRAGMA user_version = {number + 1};COMMIT;"
        )
