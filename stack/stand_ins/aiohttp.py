"""Stands for aiohttp in the layer: SDKs import it for asynchronous calls, and the functions make none.

With the packages that it needs it takes a third of the time that the vendor's client takes to import.
"""


class _Absent:
    def __init__(self, *_: object, **__: object) -> None:
        raise NotImplementedError(f"the layer has no aiohttp: no {type(self).__name__}, call synchronously")


class ClientSession(_Absent):
    pass


class ClientResponse(_Absent):
    pass


class ClientTimeout(_Absent):
    pass


class TCPConnector(_Absent):
    pass
