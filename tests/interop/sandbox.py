"""Holds the sandbox against clients that share no code with it.

Usage: sandbox.py PATH/TO/sitecast [life|refusals]...
"""

import sys

import sandbox_life
import sandbox_refusals

PARTS = {"life": sandbox_life.run, "refusals": sandbox_refusals.run}


def main(arguments):
    if not arguments or not set(arguments[1:]) <= set(PARTS):
        print(__doc__, file=sys.stderr)
        return 2
    binary, *chosen = arguments
    failures = []
    for name in chosen or PARTS:
        failures += [f"{name}: {failure}" for failure in PARTS[name](binary)]
    for failure in failures:
        print(f"FAILED {failure}")
    print(f"{len(failures)} failures")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
