"""What became of the calls of a check: which RAM actions were let through, and which were not."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Final

from shared.cloud.api import Action, Api
from shared.errors import CloudDeniedError, CloudError

#: How products say that the account does not use them; with 403 as often as not.
_NOT_ACTIVATED: Final = re.compile(
    r"not\s*(?:been\s*|yet\s*)?(?:enabled|activated|opened?|subscribed|purchased)|notopen|notactivated|notenabled",
    re.I,
)


def is_not_activated(error: CloudError) -> bool:
    return _NOT_ACTIVATED.search(f"{error.cloud_code} {error.message}") is not None


@dataclass
class Calls:
    """Of one check, or of one product in it. Thread-safe; `seen` is what an `OpenApi` tells of its calls."""

    allowed: set[str] = field(default_factory=set)  #: RAM actions
    denied: dict[str, CloudError] = field(default_factory=dict)  #: RAM actions, with what was answered
    scopes: dict[str, str] = field(default_factory=dict)  #: by RAM action: what a policy can narrow it to
    elsewhere: list[CloudError] = field(
        default_factory=list
    )  #: denials that RAM has no part in, as in clusters
    _lock: Lock = field(default_factory=Lock, repr=False)

    def seen(self, api: Api, action: Action, region: str, error: CloudError | None) -> None:
        """An answer of any other kind than a denial was let through; no answer says nothing."""
        right = f"{api.ram}:{action.name}"
        with self._lock:
            if not api.hosts:
                self.elsewhere += [error] if isinstance(error, CloudDeniedError) else []
                return
            self.scopes[right] = api.scope
            if isinstance(error, CloudDeniedError):
                if not is_not_activated(error):
                    self.denied[right] = error
            elif error is None:
                self.allowed.add(right)

    def tried(self, rights: Iterable[str]) -> dict[str, str]:
        """What became of each. A denial anywhere counts: it may be of one region only."""
        return {
            name: "denied" if name in self.denied else "allowed" if name in self.allowed else "not tried"
            for name in sorted({*rights, *self.denied})
        }


def statement(rights: Iterable[str], scopes: Mapping[str, str]) -> str:
    """That a RAM policy needs for these; narrowed to what `scopes` has for their service, if to anything."""
    names = sorted(rights)
    narrowed = {f"acs:{name.partition(':')[0]}:*:*:{scope}" for name in names if (scope := scopes.get(name))}
    everything = not narrowed or any(not scopes.get(name) for name in names)
    resources = ["*"] if everything else sorted(narrowed)
    return json.dumps({"Effect": "Allow", "Action": names, "Resource": resources})
