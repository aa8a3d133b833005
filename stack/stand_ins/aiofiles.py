"""Stands for aiofiles in the layer: the SDK of credentials imports it for asynchronous calls."""


def open(*_: object, **__: object) -> object:
    raise NotImplementedError("the layer has no aiofiles: read synchronously")
