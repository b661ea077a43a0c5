"""What workers see and do, over HTTP."""

from datetime import timedelta
from pathlib import Path

from labelwright_local.engine.settings import MAX_DRAFT_CHARACTERS
from tests.local.portal.portals import OWL, Portal, portal, words


def test_a_worker_signs_in_labels_and_is_told_that_all_is_done(tmp_path: Path) -> None:
    """From the name to the last task, and the output holds what was submitted."""
    with portal(tmp_path) as job:
        ada = job.browser()
        assert "Sign in" in words(ada.get("/"))
        assert "2 tasks left for you" in words(ada.sign_in("Ada"))
        first = ada.next("1")
        assert "Task 1 of 2" in words(ada.get(first))
        assert ada.answer(first, OWL) == {"accepted": True, "reason": None}
        second = ada.next("2")
        assert "Task 2 of 2" in words(ada.get(second))
        assert ada.answer(second, OWL)["accepted"]
        assert ada.next("3") == "/no-task"
        job.work()
        assert "The job is finished" in words(ada.get("/no-task"))
        assert job.engine.progress().labeled == 2


def test_instructions_are_text(tmp_path: Path) -> None:
    """What the requester wrote is shown, not run."""
    with portal(tmp_path) as job:
        page = job.worker("Ada").get("/")
        assert "&lt;b&gt;owl&lt;/b&gt;" in page.text


def test_the_next_task_is_given_once_for_one_token(tmp_path: Path) -> None:
    """A request that is sent again gives the same task."""
    with portal(tmp_path) as job:
        ada = job.worker("Ada")
        assert ada.next("same") == ada.next("same") == ada.next("other")


def test_an_answer_that_is_sent_twice_counts_once(tmp_path: Path) -> None:
    """The second time the portal says what it said the first time."""
    with portal(tmp_path, workers=2) as job:
        ada = job.worker("Ada")
        task = ada.next()
        assert [ada.answer(task, OWL, "x") for _ in range(2)] == [
            {"accepted": True, "reason": None}
        ] * 2
        assert job.engine.progress().answers == 1


def test_drafts_are_kept_per_task_and_given_back(tmp_path: Path) -> None:
    """Exactly, whatever characters are in it; only to the worker whose it is."""
    draft = "a\r\n\0\u2028 </script><b>\"'&\U0001f642"
    with portal(tmp_path, workers=2) as job:
        ada, bob = job.worker("Ada"), job.worker("Bob")
        task = ada.next()
        assert ada.send(f"{task}/draft", {"draft": draft}).json() == {"saved": True}
        assert bob.send(f"{task}/draft", {"draft": "mine"}).json() == {"saved": False}
        assert job.engine.assignment(task.split("/")[-1], _id(job, "Ada")).draft == draft  # type: ignore[union-attr]
        assert ada.send(f"{task}/draft", {"draft": "x" * MAX_DRAFT_CHARACTERS}).json() == {
            "saved": True
        }
        assert (
            ada.send(f"{task}/draft", {"draft": "x" * (MAX_DRAFT_CHARACTERS + 1)}).status_code
            == 400
        )


def test_a_task_whose_time_ran_out_goes_to_others_and_the_draft_stays(tmp_path: Path) -> None:
    """The late answer is refused with its reason."""
    with portal(tmp_path, [{"source": "a"}]) as job:
        ada, bob = job.worker("Ada"), job.worker("Bob")
        task = ada.next("1")
        ada.send(f"{task}/draft", {"draft": "half"})
        assert bob.next("1") == "/no-task"
        job.wait(61)
        assert ada.get(task).status_code == 410
        taken = bob.next("2")
        assert taken.startswith("/tasks/")
        refused = ada.answer(task, OWL)
        assert not refused["accepted"]
        assert "time" in refused["reason"]
        bob.post(f"{taken}/return")
        again = ada.next("3")
        assert "&#34;half&#34;" in ada.get(again).text


def test_a_page_does_not_call_the_time_over_while_the_task_is_held(tmp_path: Path) -> None:
    """Of a part of a second all is told: the next task would be the same one."""
    with portal(tmp_path, [{"source": "a"}]) as job:
        ada = job.worker("Ada")
        task = ada.next("1")
        job.clock += timedelta(seconds=59.5)
        assert 'data-remaining="1"' in ada.get(task).text
        assert ada.next("2") == task


def test_declined_tasks_do_not_come_back_and_returned_ones_do(tmp_path: Path) -> None:
    """Declining goes on with the next task, returning to the job."""
    with portal(tmp_path) as job:
        ada = job.worker("Ada")
        first = ada.next("1")
        second = ada.post(f"{first}/decline", {"token": "2"}).url.path
        assert second.startswith("/tasks/")
        assert ada.post(f"{second}/return").url.path == "/"
        assert "1 task left for you" in words(ada.get("/"))
        assert ada.next("3").startswith("/tasks/")


def test_stopping_keeps_the_task(tmp_path: Path) -> None:
    """The list of jobs offers to resume it."""
    with portal(tmp_path) as job:
        ada = job.worker("Ada")
        task = ada.next()
        assert "Resume your task" in words(ada.get("/"))
        assert ada.next("other") == task


def test_a_session_outlives_the_server(tmp_path: Path) -> None:
    """A cookie from before is good after, and the task is still there."""
    with portal(tmp_path) as job:
        ada = job.worker("Ada")
        task = ada.next()
    with portal(tmp_path) as job:
        again = job.browser()
        again.client.cookies = ada.client.cookies
        assert again.get(task).status_code == 200


def test_a_fault_in_the_template_is_a_page_with_its_place(tmp_path: Path) -> None:
    """In the frame, for the template's author."""
    template = "fine\n{{ task.input.taskObject | grant_read_access }}"
    with portal(tmp_path, template=template) as job:
        ada = job.worker("Ada")
        shown = ada.get(f"{ada.next()}/page")
        assert shown.status_code == 200
        assert "line 2" in words(shown)


def _id(job: Portal, name: str) -> str:
    return next(w.id for w in job.engine.workers() if w.name == name)
