"""Ask a person before much is changed."""

import sys
from typing import Final

import typer

from cli import exits, output
from shared.domain.plans import Plan
from shared.errors import InvalidRequestError

_MANY: Final = 100  #: slots of a job that are changed without a question


def confirm(question: str, as_json: bool) -> None:
    """Return if the answer is yes; exit if it is no.

    Raises:
        InvalidRequestError: nobody can answer.
    """
    if as_json or not sys.stdin.isatty():
        raise InvalidRequestError(
            "not a terminal, cannot ask for confirmation; pass --yes (nothing was changed)"
        )
    if not typer.confirm(question, err=True):
        output.tell("nothing was changed")
        raise typer.Exit(exits.FAILED)


def tell_and_ask(plan: Plan, *, approved: bool, as_json: bool) -> None:
    """Tell what else a job changes, and ask before it changes very many slots."""
    for warning in plan.warnings:
        output.tell(str(warning))
    if len(plan.deployments) > _MANY and not approved:
        confirm(f"Deploy to {len(plan.deployments)} slots?", as_json)
