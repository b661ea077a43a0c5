"""Join codes: who may sign in by which name when the portal is open to a network."""

from typing import NamedTuple

from labelwright_local.portal.keys import WorkspaceKey


class JoinCodes(NamedTuple):
    """Each worker's code belongs to their name alone, so that nobody signs in as another.

    A code follows from the workspace's key and the name: it needs no keeping, and stays the same
    over restarts. With 50 bits behind a server, guessing is hopeless.
    """

    key: WorkspaceKey
    needed: bool

    def code(self, name: str) -> str:
        """Return the code of a name, ten characters of A to Z and 2 to 7."""
        return self.key.code("join", _same(name))

    def admits(self, name: str, code: str) -> bool:
        """Tell whether somebody with this code may sign in by this name."""
        given = code.strip().upper()
        return not self.needed or self.key.is_code("join", _same(name), given)


def _same(name: str) -> str:
    """Return a name as the engine tells workers apart: without regard to case and blanks."""
    return " ".join(name.split()).casefold()
