"""The engine against a model that holds it all in a few dictionaries."""

import tempfile
from collections import Counter
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from labelwright_local.engine.engine import Engine
from labelwright_local.engine.settings import JobSettings
from tests.local.engine.small_jobs import CountingWhole, SmallJob, work

NAMES = st.sampled_from(["Ann", "Ben", "Cid", "Dan"])
LIMIT, AVAILABLE = 60, 400
#: Where files are not waited for: it is not the disk that is tested here.
MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 - made by tempfile


class Held(NamedTuple):
    """A task that a worker was given."""

    task: str
    object: str
    worker: str
    deadline: datetime


class JobMachine(RuleBasedStateMachine):
    """People at work on a small job, in any order, with restarts in between."""

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.folder = self.stack.enter_context(tempfile.TemporaryDirectory(dir=MEMORY))
        self.held: dict[str, Held] = {}
        self.ended: list[Held] = []
        self.accepted: dict[tuple[str, str], str] = {}
        self.accepted_tasks: dict[str, str] = {}
        #: The last answer of each worker: task, object, the token it was sent with.
        self.last: dict[str, tuple[str, str, str]] = {}
        self.requests: dict[str, bytes] = {}
        self.declined: set[tuple[str, str]] = set()
        self.most_wanted = 0
        self.paused = self.stopped = False
        self.count = 0

    @initialize(
        objects=st.integers(1, 13), workers=st.integers(1, 3), concurrent=st.sampled_from([2, 100]),
        earlier=st.lists(st.tuples(st.integers(0, 12), st.sampled_from("xy")), unique=True),
    )  # fmt: skip
    def begin(
        self, objects: int, workers: int, concurrent: int, earlier: list[tuple[int, str]]
    ) -> None:
        """Open a new job, perhaps one that goes on from another one's answers."""
        self.job = SmallJob(
            Path(self.folder), objects, JobSettings(workers, LIMIT, AVAILABLE, concurrent)
        )
        self.handlers = CountingWhole(self.job.storage)
        self.job.handlers = self.handlers
        self.objects = objects
        for number, worker in earlier:
            if number < objects:
                text = f"earlier {worker}"
                self.job.earlier.setdefault(str(number), {})[worker] = {"text": text}
                self.accepted[str(number), worker] = text
        self.most_wanted = max([workers, *map(len, self.job.earlier.values())])
        self.engine: Engine = self._open()
        self.workers = {name: self.engine.sign_in(name) for name in ("Ann", "Ben")}

    def _open(self) -> Engine:
        self.opened = ExitStack()
        return self.opened.enter_context(self.job.open())

    def _id(self, name: str) -> str:
        return self.workers.setdefault(name, self.engine.sign_in(name))

    def _live(self, worker: str) -> Held | None:
        found = self.held.get(worker)
        if found is not None and found.deadline <= self.job.clock.now:
            self.ended.append(self.held.pop(worker))
            return None
        return found

    @rule(name=NAMES)
    def take(self, name: str) -> None:
        """Ask for a task."""
        self._take(self._id(name))

    def _take(self, worker: str) -> Held | None:
        """Let a worker ask, and return what they hold then."""
        live = self._live(worker)
        self.count += 1
        task = self.engine.next_assignment(worker, f"take {self.count}")
        if live is not None:
            assert task is not None
            assert task.id == live.task
            return live
        if task is None:
            assert self.paused or self.stopped or not self._could_have(worker)
            return None
        assert not self.paused
        assert not self.stopped
        assert (task.object_id, worker) not in self.accepted
        assert (task.object_id, worker) not in self.declined
        holders = [w for w in [*self.held] if (h := self._live(w)) and h.object == task.object_id]
        answers = sum(number == task.object_id for number, _ in self.accepted)
        assert len(holders) + answers < self.most_wanted
        assert self.job.clock.now < task.deadline
        self.held[worker] = Held(task.id, task.object_id, worker, task.deadline)
        return self.held[worker]

    def _could_have(self, worker: str) -> list[str]:
        held = Counter(h.object for w in [*self.held] if (h := self._live(w)))
        return [
            found.id
            for found in self.engine.objects(0, 100, "open")
            if found.answers + held[found.id] < found.wanted
            and not {(found.id, worker)} & {*self.accepted, *self.declined}
        ]

    @rule(name=NAMES, again=st.booleans())
    def submit(self, name: str, again: bool) -> None:
        """Submit the task in hand, perhaps twice."""
        worker = self._id(name)
        live = self._take(worker)
        if live is None:
            return
        text = f"answer {len(self.accepted)}"
        for _ in range(1 + again):
            assert self.engine.submit(live.task, worker, live.task, {"text": text}).accepted
        self.accepted[live.object, worker] = text
        self.accepted_tasks[live.task] = worker
        self.last[worker] = (live.task, live.object, live.task)
        del self.held[worker]

    @precondition(lambda self: self.ended)
    @rule(data=st.data())
    def submit_late(self, data: st.DataObject) -> None:
        """Submit a task that ended otherwise."""
        late = data.draw(st.sampled_from(self.ended))
        result = self.engine.submit(late.task, late.worker, "late", {"text": "late"})
        assert not result.accepted
        assert result.reason

    @precondition(lambda self: self.accepted_tasks)
    @rule(data=st.data())
    def submit_again(self, data: st.DataObject) -> None:
        """Send an accepted answer again, as browsers do, and another one to the same task."""
        task = data.draw(st.sampled_from(list(self.accepted_tasks)))
        worker = self.accepted_tasks[task]
        assert self.engine.submit(task, worker, task, {"text": "again"}).accepted
        assert not self.engine.submit(task, worker, "other", {"text": "other"}).accepted

    @precondition(lambda self: self.last)
    @rule(data=st.data(), again=st.booleans())
    def correct(self, data: st.DataObject, again: bool) -> None:
        """Correct a last answer, perhaps twice; too late once it was handed over."""
        worker = data.draw(st.sampled_from(sorted(self.last)))
        task, number, _ = self.last[worker]
        free = self.engine.worker_progress(worker).correctable
        assert free in {task, None}
        assert (free is None) == ((number, worker) in self._handed_over())
        self.count += 1
        token, text = f"correct {self.count}", f"correction {self.count}"
        for _ in range(1 + again):
            told = self.engine.correct(task, worker, token, {"text": text})
            assert told.accepted == (free is not None)
        if free is not None:
            self.accepted[number, worker] = text
            self.last[worker] = (task, number, token)

    def _handed_over(self) -> set[tuple[str, str]]:
        """Return object and worker of all answers that a batch was sent."""
        return {
            (number, answer["workerId"])
            for number, answers in self.job.stored_answers().items()
            for answer in answers
        }

    @precondition(lambda self: len(self.last) > 1)
    @rule(data=st.data())
    def correct_what_is_not_last(self, data: st.DataObject) -> None:
        """Nobody corrects another's answer, or an earlier one of theirs."""
        worker = data.draw(st.sampled_from(sorted(self.last)))
        others = [task for task in self.accepted_tasks if task != self.last[worker][0]]
        task = data.draw(st.sampled_from(others))
        told = self.engine.correct(task, worker, "not last", {"text": "not last"})
        assert not told.accepted

    @rule(fails=st.booleans())
    def refine(self, fails: bool) -> None:
        """Consolidate the whole job now, perhaps in vain."""
        self.handlers.refine_fails = int(fails)
        assert self.engine.refine()
        assert self.engine.progress().refined == (not fails)
        assert (self.job.refined() is None) == fails

    @rule()
    def refine_while_work_goes_on(self) -> None:
        """Batches are labeled and written meanwhile."""
        self.handlers.refine_fails = 0
        self.handlers.while_refining = self._one_batch
        assert self.engine.refine()
        self.handlers.while_refining = None

    def _one_batch(self) -> None:
        self.engine.post_label_again()
        self.job.clock.passes(20)
        for _ in range(3):
            self.engine._rounds._form_batches()
            self.engine._rounds._post_label()
        self.engine.write_output()

    @rule()
    def download(self) -> None:
        """Write the output manifest, as the button does."""
        before = self.job.refined() if self.engine.progress().refined else None
        self.engine.write_output()
        assert self.job.refined() == before

    @rule(name=NAMES, finally_=st.booleans())
    def let_go(self, name: str, finally_: bool) -> None:
        """Decline the task in hand, or give it back."""
        worker = self._id(name)
        live = self._take(worker)
        if live is None:
            return
        if finally_:
            self.engine.decline(live.task, worker)
            self.declined.add((live.object, worker))
        else:
            self.engine.give_back(live.task, worker)
        self.ended.append(self.held.pop(worker))

    @rule(seconds=st.sampled_from([1, 20, 59, 61, 301, AVAILABLE]))
    def time_passes(self, seconds: int) -> None:
        """Leases and availability run out."""
        self.job.clock.passes(seconds)

    @rule()
    def work(self) -> None:
        """Do what there is to do."""
        work(self.engine)

    @rule()
    def restart(self) -> None:
        """Close the engine and open it again."""
        self.opened.close()
        self.engine = self._open()

    @rule(times=st.integers(1, 4))
    def post_labeling_fails(self, times: int) -> None:
        """Let post-labeling fail, perhaps until it is tried no more."""
        self.job.handlers.post_fails = times

    @rule()
    def post_label_again(self) -> None:
        """Try it again, as the requester."""
        self.engine.post_label_again()

    @rule(paused=st.booleans())
    def pause(self, paused: bool) -> None:
        """Pause the job, or resume it."""
        if paused:
            self.engine.pause()
        else:
            self.engine.resume()
        self.paused = paused

    @rule(workers=st.integers(1, 4))
    def set_workers(self, workers: int) -> None:
        """Want more or fewer answers."""
        self.engine.set_workers_per_object(workers)
        self.most_wanted = max(self.most_wanted, workers)

    @rule(lines=st.integers(1, 3))
    def grow(self, lines: int) -> None:
        """Start again with a manifest that has grown; a job that was stopped goes on then."""
        self.opened.close()
        with self.job.manifest.open("a") as file:
            for number in range(self.objects, self.objects + lines):
                file.write(f'{{"source": "picture {number}"}}\n')
        self.objects += lines
        self.engine = self._open()
        self.stopped = False

    @rule(data=st.data())
    def ask_again(self, data: st.DataObject) -> None:
        """Want one more answer to some objects; a job that was stopped goes on then."""
        numbers = st.integers(0, self.objects - 1)
        chosen = data.draw(st.lists(numbers, min_size=1, max_size=3, unique=True))
        wanted = {view.id: view.wanted for view in self.engine.objects(0, 100)}
        if self.engine.ask_again(map(str, chosen)):
            self.stopped = False
        for view in self.engine.objects(0, 100):
            if view.wanted > wanted[view.id]:
                assert int(view.id) in chosen
            self.most_wanted = max(self.most_wanted, view.wanted)

    @precondition(lambda self: len(self.accepted) > 6)
    @rule()
    def finish_early(self) -> None:
        """End the job, as its requester."""
        self._end()

    def _end(self) -> None:
        self.engine.finish_early()
        for worker in [*self.held]:
            self.ended.append(self.held.pop(worker))
        self.stopped = True

    @invariant()
    def counts_add_up(self) -> None:
        """Nothing is lost, nothing is there twice."""
        if not hasattr(self, "engine"):
            return
        progress = self.engine.progress()
        assert progress.objects == self.objects
        assert progress.answers == len(self.accepted)
        expected = Counter(number for number, _ in self.accepted)
        found = {view.id: view.answers for view in self.engine.objects(0, 100)}
        assert {n: count for n, count in found.items() if count} == expected
        assert max(found.values()) <= self.most_wanted

    @invariant()
    def the_refined_manifest_is_current(self) -> None:
        """Have it only with every label of the output manifest, of no fewer answers."""
        refined = self.job.refined() if hasattr(self, "engine") else None
        if refined is None:
            return
        for line, whole in zip(self.job.output(), refined, strict=True):
            assert ("pictures" in line) == ("pictures" in whole)
            if "pictures" in line:
                assert whole["pictures"]["whole"]
                assert line["pictures"]["given"].items() <= whole["pictures"]["given"].items()

    @invariant()
    def requests_stay_as_they_were_sent(self) -> None:
        """Whenever their files are made again."""
        if not hasattr(self, "engine"):
            return
        for uri in self.job.storage.keys(self.job.files.layout.requests):
            data = self.job.storage.read(uri)
            assert self.requests.setdefault(uri, data) == data

    @invariant()
    def labels_are_of_the_answers(self) -> None:
        """Show no label that is provisional of what is labeled, nor none."""
        if not hasattr(self, "engine"):
            return
        for view in self.engine.objects(0, 100):
            assert view.label is not None or view.state != "labeled"
            assert view.provisional == bool((view.label or {}).get("early"))
            assert not view.provisional or view.state == "answered"
            for worker, given in (view.label or {"given": {}})["given"].items():
                assert given["text"] == self.accepted[view.id, worker]

    @rule(data=st.data())
    def lose_a_request(self, data: st.DataObject) -> None:
        """Start again without one of the files, which is made again then."""
        uris = self.job.storage.keys(self.job.files.layout.requests)
        self.opened.close()
        if uris:
            self.job.storage.path(data.draw(st.sampled_from(sorted(uris)))).unlink()
        self.engine = self._open()

    def teardown(self) -> None:
        """At the end every accepted answer is in the files once."""
        if hasattr(self, "engine"):
            self._end()
            work(self.engine)
            self.job.handlers.post_fails = 0
            self.handlers.refine_fails = 0
            self.engine.post_label_again()
            self.job.clock.passes(60)
            work(self.engine)
            assert self.engine.progress().finished
            refined_whole = self.engine.progress().refined
            self.opened.close()
            stored = {
                (number, answer["workerId"]): answer["answerContent"]["text"]
                for number, answers in self.job.stored_answers().items()
                for answer in answers
            }
            assert stored == self.accepted
            given = {
                (str(number), worker): answer["text"]
                for number, line in enumerate(self.job.output())
                for worker, answer in line.get("pictures", {"given": {}})["given"].items()
            }
            assert given == self.accepted
            if given:
                assert refined_whole
                refined = self.job.refined()
                assert refined is not None
                assert [line.get("pictures", {"given": {}})["given"] for line in refined] == [
                    line.get("pictures", {"given": {}})["given"] for line in self.job.output()
                ]
            # What was asked again is in several.
            requested = {number for _, ids in self.job.requests() for number in ids}
            assert requested == {number for number, _ in self.accepted}
        self.stack.close()


TestJobMachine = JobMachine.TestCase
TestJobMachine.settings = settings(max_examples=settings().max_examples, stateful_step_count=30)
