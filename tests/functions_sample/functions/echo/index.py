"""Answers with what an instance gives to its handler."""

import logging
import os
import sys

from sample import GREETING

ANSWERS = {b"bytes": b"\x00\xff", b"bytearray": bytearray(b"\x00\xff"), b"text": "ünï", b"json": {"ü": None}}


def handler(event, context):
    print('{"level":"info","message":"echoed"}')
    print("\ud800 is no character")
    logging.getLogger(__name__).info("logged")
    logging.getLogger(__name__).debug("not logged")
    if event in ANSWERS:
        return ANSWERS[event]
    credentials = context.credentials
    return {
        "event": event.decode(),
        "event_type": type(event).__name__,
        "shared": GREETING,
        "request_id": context.request_id,
        "function": vars(context.function),
        "region": context.region,
        "account_id": context.account_id,
        "credentials": credentials and vars(credentials),
        "logger": context.logger.name,
        "environment": dict(os.environ),
        "pid": os.getpid(),
        "path": sys.path[:2],
        "preloaded": "colorsys" in sys.modules,
    }


def other(event, context):
    return "another handler"
