"""Asks parliament what it thinks of every policy; anything above low fails."""

import json
import subprocess
import sys

from parliament import analyze_policy_string, enhance_finding

# How long a managed policy may be, without white space.
MANAGED_POLICY_CHARACTERS = 6144


def policies(sitecast, profile):
    command = [sitecast, "policy", profile, "--json", "--expect-account", "123456789012"]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return json.loads(printed)


def complaints(text):
    findings = [enhance_finding(finding) for finding in analyze_policy_string(text).findings]
    # A misspelt action counts as low there, and grants nothing.
    bad = [
        finding
        for finding in findings
        if finding.severity not in ("LOW", "MUTE") or finding.issue == "UNKNOWN_ACTION"
    ]
    return [f"{finding.severity} {finding.issue}: {finding.detail} {finding.location}" for finding in bad]


def main(sitecast, profiles):
    wrong = []
    for profile in profiles:
        for role, policy in policies(sitecast, profile).items():
            text = json.dumps(policy, separators=(",", ":"))
            found = complaints(text)
            if len(text) > MANAGED_POLICY_CHARACTERS:
                found.append(f"{len(text)} characters are too long for one managed policy")
            wrong += [f"{profile} {role}: {complaint}" for complaint in found]
            print(f"{profile} {role}: {len(policy['Statement'])} statements, {len(text)} characters")
    print("\n".join(wrong), file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
