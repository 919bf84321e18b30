"""Assertions that say what differs."""

import difflib
import json


class Skipped(Exception):
    """A check that this emulator can't carry out; says why."""


def equal(what, found, wanted):
    assert found == wanted, f"{what}:\n" + "\n".join(differences(found, wanted))


def differences(found, wanted, path=""):
    """One line for each place where two plain values differ."""
    if isinstance(found, dict) and isinstance(wanted, dict):
        return [
            line
            for key in sorted(found.keys() | wanted.keys(), key=str)
            for line in differences(found.get(key, "(absent)"), wanted.get(key, "(absent)"), f"{path}/{key}")
        ]
    if isinstance(found, list) and isinstance(wanted, list) and len(found) == len(wanted):
        return [
            line
            for number, (one, other) in enumerate(zip(found, wanted))
            for line in differences(one, other, f"{path}[{number}]")
        ]
    if isinstance(found, str) and isinstance(wanted, str) and "\n" in found + wanted:
        return list(difflib.unified_diff(wanted.splitlines(), found.splitlines(), "wanted", "found", n=0, lineterm=""))
    return [] if found == wanted else [f"  {path or 'it'}: is {short(found)}, should be {short(wanted)}"]


def short(value):
    text = value if isinstance(value, str) else json.dumps(value, default=repr, sort_keys=True)
    return text if len(text) <= 400 else f"{text[:400]}… ({len(text)} characters)"
