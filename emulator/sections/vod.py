"""ApsaraVideo VOD: acceleration domains."""

from __future__ import annotations

from emulator.sections.cdn import CdnDomain


class VodDomain(CdnDomain):
    """As CDN's."""

    key = "vod"
