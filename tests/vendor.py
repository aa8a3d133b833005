"""The vendor's descriptions of its APIs, which lie outside the repository: some tests compare with them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

METADATA = Path(
    os.environ.get("CERTDEPLOY_OPENAPI_META") or Path(__file__).parents[2] / "shared" / "openapi-meta"
)
NEEDS_METADATA = pytest.mark.skipif(
    not METADATA.is_dir(),
    reason="the vendor's API metadata is not at hand; CERTDEPLOY_OPENAPI_META names its folder",
)
