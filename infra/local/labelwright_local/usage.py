"""What people who type a command can get wrong, as one error."""

from labelwright.errors import LabelwrightError


class UsageError(LabelwrightError):
    """The command can't do what it was asked; the message says why and what to do instead.

    Commands end with exit status 2 on it. It is never an object's or a batch's fault: whoever
    turns our errors into outcomes lets this one pass.
    """

    code = "usage"
