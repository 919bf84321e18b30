"""Calls one function once, as Lambda would.

The event comes on stdin; what happened goes to stdout, one JSON object a line. Whatever the function prints goes
to stderr.
"""

import importlib
import json
import os
import sys
import time
import traceback

channel = os.fdopen(os.dup(1), "w", encoding="utf-8")
os.dup2(2, 1)


def tell(message):
    channel.write(json.dumps(message) + "\n")
    channel.flush()


class Context:
    function_name = "local"
    function_version = "1"
    aws_request_id = "local"

    def __init__(self, memory, seconds):
        self.memory_limit_in_mb = memory
        self.until = time.monotonic() + seconds

    def get_remaining_time_in_millis(self):
        return int((self.until - time.monotonic()) * 1000)


def main():
    folder, module, name, memory, seconds = sys.argv[1:]
    event = json.load(sys.stdin)
    sys.path.insert(0, folder)
    try:
        handler = getattr(importlib.import_module(module), name)
    except BaseException:
        return tell({"unloadable": traceback.format_exc()})
    tell({"loaded": True})
    try:
        tell({"answer": handler(event, Context(memory, float(seconds)))})
    except BaseException:
        tell({"threw": traceback.format_exc()})


main()
