"""Answers with what an instance gives to its handler."""

import logging
import os
import sys
import time

from sample import GREETING


def handler(event, context):
    print('{"level":"info","message":"echoed"}')
    logging.getLogger(__name__).info("logged")
    if event == b"bytes":
        return b"\x00\xff"
    if event == b"text":
        return "ünï"
    if event == b"slow":
        time.sleep(0.3)
    credentials = context.credentials
    return {
        "event": event.decode(),
        "event_type": type(event).__name__,
        "shared": GREETING,
        "request_id": context.request_id,
        "function": vars(context.function),
        "region": context.region,
        "account_id": context.account_id,
        "key_id": credentials and credentials.access_key_id,
        "environment": dict(os.environ),
        "pid": os.getpid(),
        "path": sys.path[:2],
    }
