"""The program of a bare instance: it loads one handler and answers requests, with nothing else on the path.

Started as `python -I -S bare_child.py REQUESTS ANSWERS`, the numbers of two pipes. A message on them is a
length of 4 bytes, as much JSON, and as many bytes as its `body` says. It loads `child.py` beside it.
"""

import importlib.util
import json
import os
import struct
import sys
from pathlib import Path
from typing import Any

#: Ends what a request has printed, followed by its id: whoever reads the output knows that it has it all.
MARK = "\x00end "


def read(pipe: Any) -> tuple[dict[str, Any], bytes] | None:
    """The next message; None at the end of the pipe."""
    head = pipe.read(4)
    if len(head) < 4:
        return None
    told: dict[str, Any] = json.loads(pipe.read(struct.unpack(">I", head)[0]))
    return told, pipe.read(told["body"])


def write(pipe: Any, told: dict[str, Any], body: bytes = b"") -> None:
    head = json.dumps({**told, "body": len(body)}).encode()
    pipe.write(struct.pack(">I", len(head)) + head + body)
    pipe.flush()


def main(requests: int, answers: int) -> None:
    spec = importlib.util.spec_from_file_location("instance", Path(__file__).with_name("child.py"))
    assert spec is not None
    assert spec.loader is not None
    child = sys.modules["instance"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(child)
    with os.fdopen(requests, "rb") as asked, os.fdopen(answers, "wb") as told:
        first = read(asked)
        if first is None:
            return
        launch = first[0]["launch"]
        places = {name: Path(launch[name]) for name in ("folder", "code_root")}
        child.start(child.Launch(**{**launch, **places}))
        write(told, {"ready": True})
        while (message := read(asked)) is not None:
            asked_for, payload = message
            body, error_type = child.call(payload, asked_for["request_id"], asked_for["key"])
            sys.stdout.flush()
            sys.stderr.flush()
            os.write(2, f"{MARK}{asked_for['request_id']}\n".encode())
            write(told, {"error_type": error_type}, body)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
