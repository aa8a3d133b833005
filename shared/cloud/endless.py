"""Answers that have no end: too long to keep, or a byte at a time, which no timeout notices."""

import time
from typing import Final

import urllib3

_LONGEST: Final = 32 * 2**20  #: bytes; a page of a cluster's Secrets has a few MB
_PATIENCE_S: Final = 60.0  #: from the first byte on
_PIECE: Final = 256 * 1024


class EndlessAnswerError(Exception):
    """The connection was closed."""


def whole(answer: urllib3.BaseHTTPResponse) -> bytes:
    """What it holds, of one that was not read yet.

    Raises:
        EndlessAnswerError: it is too long, or takes too long.
    """
    read, until = bytearray(), time.monotonic() + _PATIENCE_S
    while part := answer.read1(_PIECE, decode_content=False):
        read += part
        if len(read) > _LONGEST or time.monotonic() > until:
            answer.close()
            raise EndlessAnswerError(
                f"it is longer than {_LONGEST >> 20} MB, or did not end within {_PATIENCE_S:.0f} s"
            )
    return bytes(read)
