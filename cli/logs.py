"""`certdeploy logs`: what the functions of a stack have logged."""

import json
import time
from collections import deque
from collections.abc import Iterator, Mapping
from datetime import datetime, timezone
from typing import Annotated, Any, Final

import typer

from cli.columns import AsJson, check_given
from cli.deploy import Name, Region
from cli.in_process import function_names
from cli.stacks.account import Account, stack_name, the_account
from cli.stacks.sls import Sls
from shared.cloud.redact import redact
from shared.domain.visible import visible
from shared.errors import InvalidRequestError, NotFoundError
from shared.validation.spans import days_of, minutes_of

_PROJECT: Final = "ALIYUN::SLS::Project"
_STORE: Final = "ALIYUN::SLS::Logstore"
_EVERY_S = 3.0
_BEHIND_S: Final = 60  #: a line may come so much later than it was written
_PLATFORMS: Final = ("FC Invoke Start ", "FC Invoke End ")  #: of every invocation; `--json` has them
_KEPT: Final = 5000  #: lines that are known not to be new
#: Of a line, what stands in front of it, and what says nothing to a person.
_FIRST: Final = ("time", "level", "message", "function", "request_id")


def logs(
    name: Name = None,
    region: Region = None,
    function: Annotated[str | None, typer.Option(help="Only of this function, such as scan_expiry.")] = None,
    job: Annotated[int | None, typer.Option(help="Only lines about this job.")] = None,
    since: Annotated[str, typer.Option(help="How far back, such as 15m, 12h or 2d.")] = "1h",
    follow: Annotated[
        bool, typer.Option("--follow", "-f", help="Go on with what is logged from now on, until Ctrl-C.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Print what the stack's functions have logged, the oldest first; with --json a line of JSON each."""
    check_given("--function", function)
    called, account = stack_name(name), the_account(region)
    if function is not None and function not in function_names():
        raise InvalidRequestError(f"--function {function}: there are {', '.join(function_names())}")
    back_s = minutes_of(since, "--since") * 60 if since.endswith("m") else days_of(since, "--since") * 86400
    start = int(time.time() - back_s)
    place = _place(account, called)
    words = [f'functionName: "{called}-{function}"'] if function is not None else []
    query = " and ".join([*words, *([str(job)] if job is not None else [])])
    for row in _lines(account, place, start, query, follow=follow):
        if job is not None and str(job) not in row.get("message", ""):
            continue
        _print(row, as_json)


def _place(account: Account, name: str) -> tuple[str, str]:
    """Project and store of the stack. Raises NotFoundError."""
    stack = account.ros.find(name)
    if stack is None:
        raise NotFoundError("Stack", name, f"there is none in {account.region}")
    if stack.status == "CREATE_IN_PROGRESS":
        raise NotFoundError(
            "Log of the stack", name, "the stack is still being made; `certdeploy stack` shows it"
        )
    found = {"LogProject": "", "LogStore": "", **stack.outputs}
    if not (found["LogProject"] and found["LogStore"]):
        raise NotFoundError(
            "Log of the stack", name, "its template is of a version without one, or it failed"
        )
    return found["LogProject"], found["LogStore"]


def _lines(
    account: Account, place: tuple[str, str], start: int, query: str, *, follow: bool
) -> Iterator[Mapping[str, str]]:
    sls = Sls(account.openapi, account.region)
    known: deque[str] = deque(maxlen=_KEPT)
    while True:
        end = int(time.time()) + 1
        for row in sls.rows(*place, start, end, query):
            same = json.dumps(row, sort_keys=True)
            if same not in known:
                known.append(same)
                yield row
        if not follow:
            return
        start = max(start, end - _BEHIND_S)
        time.sleep(_EVERY_S)


def _print(row: Mapping[str, str], as_json: bool) -> None:
    """A line of ours by its fields; any other as it is. Never what looks like a secret."""
    text = row.get("message", "").rstrip("\n")
    try:
        told: Any = json.loads(text)
    except ValueError:
        told = None
    if as_json:
        line = told if isinstance(told, dict) else {"message": text}
        at = _at(row)
        print(
            redact(
                json.dumps({"time": at, "function": row.get("functionName", ""), **line}, ensure_ascii=False)
            )
        )
        return
    if isinstance(told, dict) and "message" in told:
        more = " ".join(f"{key}={_word(value)}" for key, value in told.items() if key not in _FIRST)
        who = str(told.get("function") or row.get("functionName", ""))
        text = f"{told.get('time') or _at(row)} {told.get('level', 'INFO'):<7} {who} {told['message']} {more}"
    elif text.startswith(_PLATFORMS):
        return
    else:
        text = f"{_at(row)} {'':<7} {row.get('functionName', '')} {text}"
    print(visible(redact(text)).rstrip(), flush=True)


def _at(row: Mapping[str, str]) -> str:
    seconds = row.get("__time__", "0")
    at = datetime.fromtimestamp(int(seconds) if seconds.isdecimal() else 0, timezone.utc)
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"


def _word(value: object) -> str:
    return value if isinstance(value, str) and " " not in value else json.dumps(value, ensure_ascii=False)
