"""A worker's last answer can be corrected, until the next one is in or its batch has gone."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

from labelwright_local.engine.engine import Engine
from labelwright_local.engine.settings import JobSettings
from tests.local.engine.small_jobs import SmallJob, answer, take, work

OWL, KEA = {"label": "owl"}, {"label": "kea"}


def answered(engine: Engine, worker: str) -> str:
    """Let a worker answer with an owl; return the task."""
    task = take(engine, worker)
    assert engine.submit(task.id, worker, f"s-{task.id}", OWL, "the draft").accepted
    return task.id


def test_a_correction_takes_the_answers_place_and_what_it_was_is_kept(tmp_path: Path) -> None:
    """What is handed over is the correction alone; the requester sees both."""
    job = SmallJob(tmp_path)
    with job.open() as engine:
        ann = engine.sign_in("Ann")
        task = answered(engine, ann)
        assert engine.worker_progress(ann).correctable == task
        assert engine.correct(task, ann, "c", KEA) == (True, None)
        found = engine.object("0")
        assert found is not None
        [given] = found.answers
        assert given.content == KEA
        assert [revision.content for revision in given.corrected] == [OWL]
        assert engine.progress().answers == 1
        job.clock.passes(20)
        work(engine)
        assert [item["answerContent"] for item in job.stored_answers()["0"]] == [KEA]


def test_the_page_goes_on_from_what_the_answer_was_made_of(tmp_path: Path) -> None:
    """The draft of the last answer stays until there is another; a correction's is kept, too."""
    job = SmallJob(tmp_path)
    with job.open() as engine:
        ann = engine.sign_in("Ann")
        first = answered(engine, ann)
        shown = engine.correctable(first, ann)
        assert shown is not None
        assert (shown.object_id, shown.draft) == ("0", "the draft")
        assert engine.save_draft(first, ann, "half corrected")
        again = engine.correctable(first, ann)
        assert again is not None
        assert again.draft == "half corrected"
        second = answered(engine, ann)
        assert engine.correctable(first, ann) is None
        assert not engine.save_draft(first, ann, "too late")
        assert engine.correctable(second, ann) is not None


def test_the_last_answer_can_be_corrected_while_the_next_task_is_in_hand(tmp_path: Path) -> None:
    """Taking a task is not answering it; the task stays where it is."""
    job = SmallJob(tmp_path)
    with job.open() as engine:
        ann = engine.sign_in("Ann")
        first = answered(engine, ann)
        held = take(engine, ann)
        assert engine.correct(first, ann, "c", KEA).accepted
        assert engine.assignment(held.id, ann) is not None


def test_a_correction_after_the_next_answer_is_refused_and_kept(tmp_path: Path) -> None:
    """With the reason; what came too late stands beside the answers."""
    job = SmallJob(tmp_path)
    with job.open() as engine:
        ann = engine.sign_in("Ann")
        first = answered(engine, ann)
        answered(engine, ann)
        late = engine.correct(first, ann, "c", KEA)
        assert late == (False, "You have answered another task since; only the last answer can be "
                        "corrected.")  # fmt: skip
        assert engine.correct(first, ann, "c", KEA) == late
        found = engine.object("0")
        assert found is not None
        assert [(item.content, item.refused is None) for item in found.answers] == [
            (OWL, True),
            (KEA, False),
        ]


def test_a_correction_after_the_answers_were_handed_over_is_refused(tmp_path: Path) -> None:
    """The batch has the answer as it was."""
    job = SmallJob(tmp_path)
    with job.open() as engine:
        ann = engine.sign_in("Ann")
        task = answered(engine, ann)
        job.clock.passes(20)
        work(engine)
        assert engine.worker_progress(ann).correctable is None
        told = engine.correct(task, ann, "c", KEA)
        assert not told.accepted
        assert "handed over" in (told.reason or "")
        assert [item["answerContent"] for item in job.stored_answers()["0"]] == [OWL]


def test_a_correction_sent_twice_is_taken_once(tmp_path: Path) -> None:
    """By its token; an earlier one that arrives late does not undo a later one."""
    job = SmallJob(tmp_path)
    with job.open() as engine:
        ann = engine.sign_in("Ann")
        task = answered(engine, ann)
        for token, given in (("c", KEA), ("d", {"label": "emu"}), ("c", KEA), (f"s-{task}", OWL)):
            assert engine.correct(task, ann, token, given).accepted
        found = engine.object("0")
        assert found is not None
        assert found.answers[0].content == {"label": "emu"}
        assert [revision.content for revision in found.answers[0].corrected] == [OWL, KEA]


def test_nobody_corrects_anothers_answer_nor_one_that_was_never_given(tmp_path: Path) -> None:
    """Neither by guessing a task nor before it is answered."""
    job = SmallJob(tmp_path)
    with job.open() as engine:
        ann, ben = engine.sign_in("Ann"), engine.sign_in("Ben")
        task = answered(engine, ann)
        held = take(engine, ben)
        for other in (task, held.id):
            refused = engine.correct(other, ben, "c", KEA)
            assert refused == (False, "There is no such task of yours.")
        assert engine.correctable(task, ben) is None


def test_corrections_race_with_batches_and_nothing_is_lost_or_doubled(tmp_path: Path) -> None:
    """Two hundred times at the same moment: what is told is what is handed over."""
    races = 200
    job = SmallJob(tmp_path, objects=races, settings=JobSettings(max_concurrent=races))
    outcomes = {}
    with job.open() as engine, ThreadPoolExecutor(2) as pool:
        ann = engine.sign_in("Ann")
        for number in range(races):
            task = answered(engine, ann)
            job.clock.passes(20)
            start = Barrier(2)

            def hand_over(start: Barrier = start) -> None:
                start.wait()
                engine.work()

            def correct(start: Barrier = start, task: str = task) -> bool:
                start.wait()
                return engine.correct(task, ann, "c", KEA).accepted

            work_done, corrected = pool.submit(hand_over), pool.submit(correct)
            work_done.result()
            outcomes[str(number)] = corrected.result()
            work(engine)
        assert engine.progress().labeled == races
        assert engine.progress().answers == races
    stored = job.stored_answers()
    assert {name: [item["answerContent"] for item in given] for name, given in stored.items()} == {
        name: [KEA if accepted else OWL] for name, accepted in outcomes.items()
    }


def test_a_correction_survives_a_restart(tmp_path: Path) -> None:
    """It is on disk when it is accepted."""
    job = SmallJob(tmp_path)
    with job.open() as engine:
        ann = engine.sign_in("Ann")
        task = answered(engine, ann)
        assert engine.correct(task, ann, "c", KEA).accepted
    with job.open() as engine:
        found = engine.object("0")
        assert found is not None
        assert found.answers[0].content == KEA
        answer(engine, ann)


def test_whoever_was_taken_out_of_the_job_corrects_nothing(tmp_path: Path) -> None:
    """Their answers stay; added again, they can."""
    job = SmallJob(tmp_path)
    with job.open() as engine:
        ann = engine.sign_in("Ann")
        task = answered(engine, ann)
        engine.remove_worker(ann)
        assert engine.correctable(task, ann) is None
        told = engine.correct(task, ann, "c", KEA)
        assert not told.accepted
        assert "taken out" in (told.reason or "")
        engine.add_worker("Ann")
        assert engine.correct(task, ann, "d", KEA).accepted


def test_an_answer_is_corrected_while_the_job_is_paused_and_after_its_early_end(
    tmp_path: Path,
) -> None:
    """As long as it was not handed over."""
    job = SmallJob(tmp_path, settings=JobSettings(workers_per_object=2))
    with job.open() as engine:
        ann = engine.sign_in("Ann")
        task = answered(engine, ann)
        engine.pause()
        assert engine.correct(task, ann, "c", KEA).accepted
        engine.finish_early()
        assert engine.correct(task, ann, "d", OWL).accepted
        work(engine)
        assert not engine.correct(task, ann, "e", KEA).accepted
    assert [item["answerContent"] for item in job.stored_answers()["0"]] == [OWL]


def test_the_answer_to_an_object_that_is_asked_again_is_corrected_alone(tmp_path: Path) -> None:
    """Those that a batch was sent before stay what they were."""
    job = SmallJob(tmp_path, objects=1)
    with job.open() as engine:
        ann, ben = engine.sign_in("Ann"), engine.sign_in("Ben")
        first = answered(engine, ann)
        job.clock.passes(20)
        work(engine)
        engine.ask_again(["0"])
        second = answered(engine, ben)
        assert not engine.correct(first, ann, "c", KEA).accepted
        assert engine.correct(second, ben, "c", KEA).accepted
        job.clock.passes(20)
        work(engine)
    assert job.output()[0]["pictures"] == {"given": {ann: OWL, ben: KEA}}


def test_what_was_corrected_is_told_to_be_accepted_when_it_is_sent_again(tmp_path: Path) -> None:
    """A browser that heard nothing of its first answer tries it once more, and changes nothing."""
    job = SmallJob(tmp_path)
    with job.open() as engine:
        ann = engine.sign_in("Ann")
        task = answered(engine, ann)
        assert engine.correct(task, ann, "c", KEA).accepted
        assert engine.submit(task, ann, f"s-{task}", OWL).accepted
        found = engine.object("0")
        assert found is not None
        assert found.answers[0].content == KEA
