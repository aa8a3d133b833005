"""Notes that it ran, then does what the event says: waits for a gate, hangs, fails the first times, ends."""

import json
import os
import sys
import time
from pathlib import Path


def handler(event, context):
    order = json.loads(event)
    record = Path(os.environ["RECORD"])
    with record.open("a") as file:
        file.write(f"{order.get('id', '')} {context.request_id}\n")
    print(f"instance {os.getpid()} works on {order.get('id', '')}")
    runs = sum(line.startswith(f"{order.get('id', '')} ") for line in record.open())
    while "gate" in order and not Path(order["gate"]).exists():
        time.sleep(0.005)
    if runs <= order.get("hang_times", 0):
        time.sleep(60)
    if order.get("exit"):
        os._exit(3)
    if order.get("leave"):
        sys.exit("leaving")
    if runs <= order.get("fail_times", 0):
        raise ValueError(f"run {runs} fails")
    return {"ran": runs, "pid": os.getpid()}
