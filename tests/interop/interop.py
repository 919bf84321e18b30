"""Holds the program against an AWS emulator that shares no code with it, and against another SDK.

Usage: interop.py PATH/TO/sitecast [lifecycle|serving|moves|replication|privileges|kill]...
"""

import sys
import tempfile
import time
import traceback
from pathlib import Path

import kill
import lifecycle
import moves
import privileges
import replication
import serving
from compare import Skipped
from emulator import Emulator
from recorder import Recorder


def main():
    binary, wanted = Path(sys.argv[1]).resolve(), sys.argv[2:]
    assert binary.is_file(), f"{binary} is not there; build it first"
    with tempfile.TemporaryDirectory(prefix="sitecast-interop-") as folder:
        emulator = Emulator(folder)
        try:
            emulator.wait_until_ready()
            failed = run_checks(Bench(binary, Path(folder), emulator), wanted)
        finally:
            emulator.stop()
    sys.exit(1 if failed else 0)


class Bench:
    """What every check works with."""

    def __init__(self, binary, folder, emulator):
        self.binary, self.folder, self.emulator = binary, folder, emulator

    def recorder(self):
        return Recorder(self.emulator.port)


def run_checks(bench, wanted):
    modules = [
        module for module in (lifecycle, serving, moves, replication, privileges, kill)
        if not wanted or any(part in module.__name__ for part in wanted)
    ]
    assert modules, f"no check is called {wanted}"
    failed = 0
    for module in modules:
        for check in module.checks(bench):
            failed += not passes(f"{module.__name__}: {check.__doc__.splitlines()[0]}", check)
    print(f"{failed} failed" if failed else "all passed", flush=True)
    return failed


def passes(title, check):
    started = time.monotonic()
    try:
        check()
    except Skipped as reason:
        print(f"skipped {title}: {reason}", flush=True)
        return True
    except Exception as error:
        said = str(error) if isinstance(error, AssertionError) else traceback.format_exc()
        print(f"FAILED  {title}\n{said}\n", flush=True)
        return False
    print(f"ok      {title} ({time.monotonic() - started:.1f}s)", flush=True)
    return True


if __name__ == "__main__":
    main()
