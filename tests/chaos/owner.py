"""The settings of the owner of a run's account, as they are told to its processes."""

from __future__ import annotations

import os
from typing import Any

from shared.cloud.aws import DEFAULT_ACCESS, CloudAccess
from shared.runtime.settings import Settings
from tests.receiver import SECRET


def settings_of(told: dict[str, Any]) -> Settings:
    """In any process: AWS's client looks for its keys in the environment."""
    named, aws = dict(told), told["aws"]
    del named["aws"]
    if aws:
        os.environ["AWS_ACCESS_KEY_ID"] = aws["access_key_id"]
        os.environ["AWS_SECRET_ACCESS_KEY"] = aws["access_key_secret"]
    return Settings(
        **named,
        aws_access=CloudAccess(endpoint=aws["endpoint"]) if aws else DEFAULT_ACCESS,
        warning_days=(30, 15, 7, 3, 1),
        webhook_secret=SECRET,
        region="cn-hangzhou",
    )
