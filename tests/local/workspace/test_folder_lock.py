"""One run at a time in a folder."""

import subprocess
import sys
from pathlib import Path

import pytest

from labelwright.errors import UsageError
from labelwright_local.workspace.folder_lock import locked


def test_a_second_process_is_turned_away_until_the_first_ends(tmp_path: Path) -> None:
    """However it ends: the lock goes with the process."""
    path = tmp_path / "job" / "run.lock"
    program = (
        "import sys, pathlib\n"
        "from labelwright_local.workspace.folder_lock import locked\n"
        "with locked(pathlib.Path(sys.argv[1])):\n"
        "    print('held', flush=True)\n"
        "    sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        with pytest.raises(UsageError, match="another run is working in this folder"), locked(path):
            pass
        other.kill()
    with locked(path):
        pass


def test_a_place_where_nothing_can_be_written_is_told(tmp_path: Path) -> None:
    """With the file and what to do."""
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="--workspace"), locked(tmp_path / "file" / "run.lock"):
        pass
