"""How a setting names a secret instead of holding it.

    kms:NAME          a secret of KMS Secrets Manager, in the function's region
    kms.REGION:NAME   in another region
    file:PATH         a file on this machine, without the line's end

Any other text is the secret itself, as on a machine where nobody else reads the environment.
"""

import re
from dataclasses import dataclass
from typing import Final

_KMS: Final = re.compile(r"kms(\.(?P<region>[a-z0-9-]+))?:(?P<name>[\w/+=.@-]{1,64})", re.ASCII)


@dataclass(frozen=True)
class SecretName:
    """Either a name in KMS, in a region ("" = the function's), or the path of a file."""

    kms: str = ""
    region: str = ""
    file: str = ""


def named(text: str) -> SecretName | None:
    """None if it is the secret itself, or nothing."""
    if found := _KMS.fullmatch(text):
        return SecretName(found["name"], found["region"] or "")
    return SecretName(file=text.removeprefix("file:")) if text.startswith("file:") else None


def secret_name_problem(text: str) -> str:
    """What is wrong with a name; "" for nothing, and for a secret itself. Repeats no value."""
    if text.startswith(("kms:", "kms.")) and not _KMS.fullmatch(text):
        return "a secret of KMS is kms:NAME or kms.REGION:NAME; names have letters, digits and _/+=.@-"
    return "a secret in a file is file:PATH" if text == "file:" else ""
