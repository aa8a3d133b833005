"""ApsaraVideo Live: domains for playing and for ingest."""

from __future__ import annotations

from typing import Literal

from emulator.sections.cdn import CdnDomain


class LiveDomain(CdnDomain):
    key = "live"

    kind: Literal["liveVideo", "liveEdge"] = "liveVideo"
    status: Literal["online", "offline", "configuring"] = "online"
