"""The vendor's descriptions of its APIs, which lie outside the repository: some tests compare with them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

_NAMED = os.environ.get("CERTDEPLOY_OPENAPI_META", "")
METADATA = Path(_NAMED)  #: as tools/declare.py reads it
NEEDS_METADATA = pytest.mark.skipif(
    not _NAMED,
    reason="the vendor's API metadata is not at hand; CERTDEPLOY_OPENAPI_META names its folder",
)
