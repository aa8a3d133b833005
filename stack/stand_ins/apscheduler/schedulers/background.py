"""See the package."""


class BackgroundScheduler:
    def __init__(self, *_: object, **__: object) -> None:
        raise NotImplementedError("the layer has no APScheduler, so no credentials of an ECS instance")
