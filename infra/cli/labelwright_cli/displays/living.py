"""What is told of a job that was changed while it lives."""

from labelwright_cli.terminal import say
from labelwright_local.engine.living.renames import Renamed
from labelwright_local.printable import counted, printable


def show_renamed(found: Renamed, job: str, *, undone: bool) -> None:
    """Tell what is called how, and when it shows."""
    old, new, field = map(printable, (found.old, found.new, found.field))
    how = f"is not '{new}' any more" if undone else f"is '{new}' now"
    say(f"Label '{old}' of '{field}' {how}; answers stay as they were given.")
    if found.objects:
        say(
            f"{counted(found.objects, 'label')} will be made anew when the job '{printable(job)}' "
            "is started again."
        )


def show_asked(asked: int, job: str) -> None:
    """Tell how many objects are asked again."""
    say(f"One more answer is asked for {counted(asked, 'object')} of the job '{printable(job)}'.")
    say(
        "Serve it again to get them."
        if asked
        else "The others can't be asked: nine workers have answered, or nobody could."
    )
