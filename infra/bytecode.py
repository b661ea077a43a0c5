"""Compile what goes to Lambda to bytecode, if an interpreter of the runtime's version is here.

The Makefiles of the build call it. Bytecode belongs to one version of Python, not to an
architecture, so any machine will do. Without such an interpreter the artifact works all the same
and starts more slowly, so that is told and is no failure.
"""

import argparse
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

_VERSION = "import sys; v = sys.version_info; print(f'{v[0]}.{v[1]}', v.releaselevel)"


def main() -> int:
    """Compile the folder and say so in one line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--mounted-at", required=True, help="the folder's path in Lambda")
    parser.add_argument("--runtime", required=True, help="for example python3.13")
    options = parser.parse_args()
    interpreter, refused = find_interpreter(options.runtime)
    if interpreter is None:
        _say(f"bytecode: not compiled, no working {options.runtime} found; cold starts are slower.")
        for candidate, reason in refused:
            _say(f"bytecode:   {candidate}: {reason}")
        _say("bytecode:   Set LAMBDA_INTERPRETER to one, or put one first on PATH.")
        return 0
    # Lambda unpacks with times of its own, so bytecode must not be checked against its source's.
    command = [interpreter, "-I", "-m", "compileall", "-q", "-j", "0"]
    command += ["--invalidation-mode", "unchecked-hash"]
    command += ["-s", str(options.folder), "-p", options.mounted_at, str(options.folder)]
    done = subprocess.run(command, check=False)  # noqa: S603 - the interpreter just found
    if done.returncode:
        _say(f"bytecode: compiling {options.folder} failed")
        return 1
    _say(f"bytecode: compiled with {interpreter}")
    return 0


def find_interpreter(runtime: str) -> tuple[str | None, list[tuple[str, str]]]:
    """Return the first interpreter that really is of that version, and why others are not."""
    refused = []
    for candidate in dict.fromkeys(_candidates(runtime)):
        reason = _why_not(candidate, runtime.removeprefix("python"))
        if reason is None:
            return candidate, []
        refused.append((candidate, reason))
    return None, refused


def _candidates(runtime: str) -> Iterator[str]:
    if chosen := os.environ.get("LAMBDA_INTERPRETER"):
        yield chosen
    if runtime == f"python{sys.version_info[0]}.{sys.version_info[1]}":
        yield sys.executable
    for folder in os.environ.get("PATH", "").split(os.pathsep):
        path = Path(folder) / runtime
        if folder and os.access(path, os.X_OK):
            yield str(path)


def _why_not(interpreter: str, version: str) -> str | None:
    """Run it: a version manager's shim has the right name and may fail, or be another version."""
    try:
        done = subprocess.run(  # noqa: S603 - a Python on PATH, or the one that was named
            [interpreter, "-I", "-c", _VERSION],
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"does not run ({type(error).__name__})"
    if done.returncode:
        return f"does not run ({(done.stderr.strip().splitlines() or ['no message'])[0]})"
    found = done.stdout.strip()
    return None if found == f"{version} final" else f"is Python {found}"


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
