"""DCDN: accelerated domains, of web sites and of edge programs."""

from __future__ import annotations

from typing import Literal

from emulator.sections.cdn import CdnDomain


class DcdnDomain(CdnDomain):
    key = "dcdn"

    kind: Literal["dynamic", "computing_routine", "computing_image"] = "dynamic"
