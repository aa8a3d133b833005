"""The demo's other stage: the functions packaged and deployed as a stack, which the emulated cloud runs."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from cli.demo.stage import CONFIGURED, Stage, StageError, emulated, finding_us, last_words
from cli.package import REPOSITORY
from cli.session import stack_session
from shared.errors import AppError
from shared.runtime.settings import read_settings
from stack.bytecode import interpreter_of
from stack.package import package
from stack.target import VERSIONS, Target, target_of

NAME = "demo"
GRANTS = "grants.json"


@contextmanager
def stack_stage(
    folder: Path,
    emulator_options: Sequence[str],
    parameters: Mapping[str, str],
    say: Callable[[str], None],
) -> Iterator[Stage]:
    """Run the cloud and, in it, the stack during a `with`.

    Raises StageError: nothing here runs a runtime of Function Compute, or the stack was not made.
    """
    target, objects = _target(), folder / "objects"
    say(f"packaging the functions for python{target.version}: pip fetches their dependencies")
    try:
        package(REPOSITORY, target, objects)
    except AppError as error:
        raise StageError(str(error)) from None
    with emulated(folder, emulator_options) as (emulator, ours):
        environment = {name: text for name, text in ours.items() if name != "CERTDEPLOY_STATE"}
        say("deploying them: bucket, objects, and a stack of template.yml in the emulated account")
        _deployed(folder, objects, target, environment, parameters)
        session = stack_session(read_settings(environment), NAME, environment)
        yield Stage(folder, environment, session, emulator, None)


def denied(on: Stage) -> list[str]:
    """What the emulated cloud refused to the roles of the functions: role and action.

    A file in the stage's folder has that, and what the roles grant that this run did not need."""
    told = on.ask("grants")
    (on.folder / GRANTS).write_text(json.dumps(told, indent=1))
    return [f"{row['role']}: {row['action']}" for row in told["denied"]]


def _target() -> Target:
    for version in VERSIONS:
        if interpreter_of(target := target_of(version)):
            return target
    raise StageError(
        f"no Python {' or '.join(VERSIONS)} is on the path: the emulated cloud runs functions with the"
        " runtime that they are packaged for"
    )


def _deployed(
    folder: Path,
    objects: Path,
    target: Target,
    environment: Mapping[str, str],
    parameters: Mapping[str, str],
) -> None:
    given = {
        **parameters,
        "Stores": environment["CERTDEPLOY_STORES"],
        "Roots": environment["CERTDEPLOY_ROOTS"],
    }
    words = ["deploy", f"--name={NAME}", f"--objects={objects}", f"--python={target.version}", "--yes"]
    words += [f"--parameter={name}={value}" for name, value in given.items()]
    others = {name: text for name, text in os.environ.items() if not name.startswith(CONFIGURED)}
    log = folder / "deploy.log"
    with log.open("wb") as file:
        done = subprocess.run(  # noqa: S603 - our own command
            [sys.executable, "-m", "cli", *words],
            env=finding_us({**others, **environment}),
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=file,
            check=False,
        )
    if done.returncode:
        raise StageError(last_words(log))
