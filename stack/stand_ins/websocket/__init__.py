"""Stands for websocket-client in the layer: SDKs import it for calls that last, which no function makes."""


class WebSocketApp:
    def __init__(self, *_: object, **__: object) -> None:
        raise NotImplementedError("the layer has no websocket-client")
