"""A job on our own functions whose labels get other names, between everything else."""

import json
import tempfile
from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from labelwright_local.engine.changing import Change, rename_label
from labelwright_local.engine.engine import Engine
from tests.local.engine.moods import Moods
from tests.local.engine.small_jobs import work

NAMES = st.sampled_from("ABC")
NEW_NAMES = st.sampled_from(["happy", "glad", "merry", "sad", "blue"])
MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 - made by tempfile


class LivingMachine(RuleBasedStateMachine):
    """Moods are told and corrected, get other names, are asked for again; the manifest grows."""

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        folder = self.stack.enter_context(tempfile.TemporaryDirectory(dir=MEMORY))
        self.job = Moods(Path(folder), lines=2, workers=2)
        self.opened = ExitStack()
        #: Each mood as it was given: 0 or 1; and how the two are called now.
        self.given: dict[tuple[str, str], int] = {}
        self.names = ["happy", "sad"]
        self.last: dict[str, tuple[str, str]] = {}
        self.lines = 2
        self.count = 0

    @initialize()
    def begin(self) -> None:
        """Open the job."""
        self.engine: Engine = self.opened.enter_context(self.job.open())

    def _restart(self) -> None:
        self.opened.close()
        self.engine = self.opened.enter_context(self.job.open())

    @rule(name=NAMES, mood=st.integers(0, 1))
    def answer(self, name: str, mood: int) -> None:
        """Take a task and answer it, in the words of the page that is shown now."""
        worker = self.engine.sign_in(name)
        self.count += 1
        task = self.engine.next_assignment(worker, f"take {self.count}")
        if task is None:
            return
        content = {"mood": task.task_input["labels"]["mood"][mood]}
        assert content["mood"] == self.names[mood]
        assert (task.object_id, worker) not in self.given
        assert self.engine.submit(task.id, worker, task.id, content).accepted
        self.given[task.object_id, worker] = mood
        self.last[worker] = (task.id, task.object_id)

    @precondition(lambda self: self.last)
    @rule(data=st.data(), mood=st.integers(0, 1))
    def correct(self, data: st.DataObject, mood: int) -> None:
        """Correct a last answer, if it is not too late."""
        worker = data.draw(st.sampled_from(sorted(self.last)))
        task, number = self.last[worker]
        self.count += 1
        token, content = f"correct {self.count}", {"mood": self.names[mood]}
        if self.engine.correct(task, worker, token, content).accepted:
            self.given[number, worker] = mood

    @rule(seconds=st.sampled_from([5, 20, 400]))
    def time_passes(self, seconds: int) -> None:
        """Let batches be due, and be labeled."""
        self.job.clock.passes(seconds)
        work(self.engine)

    @rule()
    def work_once(self) -> None:
        """Make a single round."""
        self.engine.work()

    @rule()
    def refine(self) -> None:
        """Consolidate the whole job now."""
        self.engine.refine()

    @rule()
    def download(self) -> None:
        """Write the output manifest, as the button does."""
        self.engine.write_output()

    @rule()
    def restart(self) -> None:
        """Close the job and open it again."""
        self._restart()

    @rule(which=st.integers(0, 1), new=NEW_NAMES)
    def rename(self, which: int, new: str) -> None:
        """Rename a label; the job is started again."""
        if new in self.names or self._means_another(which, new):
            return
        self.opened.close()
        change = Change(self.names[which], new)
        rename_label(self.job.storage, self.job.name, change, self.job.clock)
        self.names[which] = new
        self.engine = self.opened.enter_context(self.job.open())

    def _means_another(self, which: int, new: str) -> bool:
        return new in {0: ("sad", "blue"), 1: ("happy", "glad", "merry")}[which]

    @rule()
    def grow(self) -> None:
        """Start again with one more line."""
        self.job.grow(1)
        self.lines += 1
        self._restart()

    @rule(data=st.data())
    def ask_again(self, data: st.DataObject) -> None:
        """Want one more answer to an object."""
        self.engine.ask_again([str(data.draw(st.integers(0, self.lines - 1)))])

    @precondition(lambda self: len(self.given) > 4)
    @rule()
    def finish_early(self) -> None:
        """End the job; it may grow all the same."""
        self.engine.finish_early()

    def _votes(self, line: dict[str, Any]) -> dict[str, int]:
        label = line.get(self.job.name)
        return label["fields"]["mood"]["votes"] if label else {}

    @invariant()
    def the_refined_manifest_is_current(self) -> None:
        """Have it only with the labels of the output manifest, made of the same votes or more."""
        uri = self.job.files.layout.refined_manifest
        if not hasattr(self, "engine") or not self.job.storage.exists(uri):
            return
        refined = [json.loads(line) for line in self.job.storage.read(uri).splitlines()]
        for line, whole in zip(self.job.output(), refined, strict=True):
            assert (self.job.name in line) == (self.job.name in whole)
            assert sum(self._votes(line).values()) <= sum(self._votes(whole).values())

    @invariant()
    def what_is_labeled_has_a_label_in_names_of_now(self) -> None:
        """Show it, and what is shown ahead of a batch, by no name of before."""
        if not hasattr(self, "engine"):
            return
        for view in self.engine.objects(0, 100):
            assert view.label is not None or view.state != "labeled"
            # What waits for its batch again may have the old one a while.
            if view.provisional or (view.state == "labeled" and self.engine.progress().refined):
                assert view.label is not None
                assert view.label["fields"]["mood"]["value"] in self.names

    def teardown(self) -> None:
        """At the end every line that was answered has one label, of votes counted by hand."""
        if hasattr(self, "engine"):
            self.engine.finish_early()
            work(self.engine)
            self.job.clock.passes(60)
            work(self.engine)
            progress = self.engine.progress()
            assert progress.finished
            assert progress.refined == bool(self.given)
            self.opened.close()
            by_hand: list[Counter[str]] = [Counter() for _ in range(self.lines)]
            for (number, _), mood in self.given.items():
                by_hand[int(number)][self.names[mood]] += 1
            assert [self._votes(line) for line in self.job.output()] == by_hand
            uri = self.job.files.layout.refined_manifest
            if self.given:
                refined = [json.loads(line) for line in self.job.storage.read(uri).splitlines()]
                assert [self._votes(line) for line in refined] == by_hand
        self.opened.close()
        self.stack.close()


TestLivingMachine = LivingMachine.TestCase
TestLivingMachine.settings = settings(
    max_examples=settings().max_examples // 5, stateful_step_count=25
)
