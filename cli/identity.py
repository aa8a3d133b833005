"""Who works on the command line: by the key that signs its calls, or else as `CERTDEPLOY_IDENTITY` states."""

from collections.abc import Mapping
from typing import Final

from shared.cloud import credentials
from shared.cloud.openapi import OpenApi
from shared.cloud.sts import caller_arn
from shared.domain.regions import Regions
from shared.errors import AppError
from shared.runtime.settings import Settings

_PATIENCE_S: Final = 5.0
_KEY: Final = "ALIBABA_CLOUD_ACCESS_KEY_ID"


def caller(settings: Settings, environ: Mapping[str, str], *, served: bool) -> str:
    """ "" if nobody knows. `served`: a `serve` with a key of its own runs, so there may be none here."""
    stated = f"{settings.identity} (stated)" if settings.identity else ""
    if served and not environ.get(_KEY):
        return stated
    openapi = OpenApi(
        credentials.from_environment(environ),
        endpoint=settings.endpoint or None,
        hosts=dict(settings.hosts),
        regions=Regions(more=settings.more_regions),
        deadline=lambda: _PATIENCE_S,
        max_attempts=1,
    )
    try:
        return caller_arn(openapi)
    except AppError:  # what the key cannot do, the command says where it needs the cloud
        return stated
