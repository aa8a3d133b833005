"""The actions that are emulated, and how certain it is that the real cloud does the same."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from emulator.declared import declarations
from emulator.service import EmulatedService

#: documented: the request is as the vendor's metadata describes it. seen in a client: as the vendor's own
#: clients send it, or as another server (moto) takes it. guessed in part: besides, the code of the action
#: marks a part of its behaviour, such as the code of a refusal, as a guess.
Certainty = Literal["documented", "seen in a client", "guessed in part"]
_GUESS = "[guess"
METADATA = "the vendor's API metadata"
#: Where the wire form is not from the vendor's metadata.
SOURCES = {
    "oss": "the vendor's SDKs alibabacloud_oss_v2 and oss2",
    "tablestore": "the vendor's SDK and pages",
    "sls": "the vendor's SDKs alibabacloud_sls20201230 and aliyun-log-python-sdk",
    "kubernetes": "kubernetes.io; kubectl and the Python client",
    "aws": "moto",
}


@dataclass(frozen=True)
class Row:
    service: str  #: as in `emulator/services`
    api: str  #: as a fault names it
    action: str
    version: str
    certainty: Certainty
    source: str


def rows(services: dict[str, EmulatedService]) -> Iterator[Row]:
    """Of every service, sorted."""
    for name, service in sorted(services.items()):
        declared = declarations().get(name)
        for api, actions in service.actions().items():
            for action in sorted(actions):
                known = declared.actions.get(action) if declared and api == service.api else None
                source = known.source if known else SOURCES.get(api if api in SOURCES else name, "")
                documented = known is not None and not source
                certainty: Certainty = "documented" if documented else "seen in a client"
                if _guesses(service, action):
                    certainty = "guessed in part"
                version = service.version if api == service.api else ""
                yield Row(name, api, action, version, certainty, source or METADATA)


def _guesses(service: EmulatedService, action: str) -> bool:
    found = getattr(type(service), action, None)
    try:
        return found is not None and _GUESS in inspect.getsource(found)
    except (OSError, TypeError):  # a program without its sources
        return False
