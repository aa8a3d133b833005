"""The roots that clients trust: Mozilla's list, as the package certifi has it, and what a setting adds.

A CA that Mozilla no longer trusts is not public here either, although some clients still may trust it.
"""

import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import certifi

from shared.domain.ca_names import ca_key

ONLY: Final = "only:"
_MARK: Final = "-----"
_BLOCK: Final = re.compile(r"-----BEGIN CERTIFICATE-----(.*?)-----END CERTIFICATE-----", re.S)
#: What a root is known by, as in `ca_names`.
_NAMING: Final = ("commonName", "organizationalUnitName", "organizationName")


@dataclass(frozen=True)
class Roots:
    """`added`: PEM, "" for none. `only`: instead of the public ones, not beside them."""

    added: str = ""
    only: bool = False

    @classmethod
    def of(cls, setting: str) -> "Roots":
        """From the setting: PEM, or the path of a PEM file; with `only:` before it, they are all there is.

        PEM may stand on one line, as it fits into a variable.

        Raises:
            ValueError: a sentence that says what is wrong.
        """
        if not (text := setting.removeprefix(ONLY).strip()):
            raise ValueError(f"{ONLY} is to be followed by roots")
        where, pem = ("it", _pem(text)) if _MARK in text else (f"the file {text}", _pem(_read(text)))
        if not pem:
            raise ValueError(f"{where} holds no certificate in PEM")
        try:
            _context().load_verify_locations(cadata=pem)
        except (ssl.SSLError, ValueError):
            raise ValueError(f"{where} holds a certificate that cannot be read") from None
        return cls(pem, only=setting.startswith(ONLY))

    @property
    def names(self) -> frozenset[str]:
        """Their subjects, as `ca_key` writes names."""
        return _names(self)

    @property
    def added_names(self) -> frozenset[str]:
        """Of those that stand beside the public ones, as their owner's clients alone may have them."""
        return frozenset() if self.only or not self.added else _added_names(self.added)

    def load_into(self, context: ssl.SSLContext) -> ssl.SSLContext:
        """Let a client's context trust them, and nothing else."""
        if not self.only:
            context.load_verify_locations(cafile=certifi.where())
        if self.added:
            context.load_verify_locations(cadata=self.added)
        return context


def portable(setting: str) -> str:
    """The same setting for processes that run elsewhere: a path from the root, or PEM on one line."""
    before, text = (ONLY, setting.removeprefix(ONLY)) if setting.startswith(ONLY) else ("", setting)
    return before + ("".join(_pem(text).split("\n")) if _MARK in text else str(Path(text.strip()).resolve()))


@lru_cache(maxsize=8)
def _names(roots: Roots) -> frozenset[str]:
    """To read all public roots takes a while: it is done once for the same ones."""
    return frozenset(_key_of(root) for root in roots.load_into(_context()).get_ca_certs())


@lru_cache(maxsize=8)
def _added_names(added: str) -> frozenset[str]:
    context = _context()
    context.load_verify_locations(cadata=added)
    return frozenset(_key_of(root) for root in context.get_ca_certs()) - Roots().names


def _pem(text: str) -> str:
    """The certificates in it, each as libraries want them, whatever became of the line ends."""
    bodies = (re.sub(r"\s|\\n", "", body) for body in _BLOCK.findall(text))
    return "".join(
        f"{_MARK}BEGIN CERTIFICATE{_MARK}\n{body}\n{_MARK}END CERTIFICATE{_MARK}\n" for body in bodies
    )


def _read(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise ValueError(f"the file {path} cannot be read: {error.strerror}") from None


def _context() -> ssl.SSLContext:
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


def _key_of(root: Mapping[str, Any]) -> str:
    """Of a root as `ssl` tells of it."""
    told = {kind: value for part in root["subject"] for kind, value in part}
    return ca_key(next((told[kind] for kind in _NAMING if told.get(kind)), ""))
