"""Frames: named by the vendor's client at its import, and used for websockets alone."""


class ABNF:
    pass
