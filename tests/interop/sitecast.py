"""The program under test, run as a person or a pipeline would run it."""

import json
import os
import subprocess
from pathlib import Path

PATIENCE = 300


class Site:
    """A folder and a profile, and the account that they are deployed to."""

    def __init__(self, binary, endpoint, account, folder, profile):
        self.binary, self.account = binary, account
        self.folder = Path(folder)
        self.profile = self.folder / "site.toml"
        self.public = self.folder / "public"
        self.public.mkdir(parents=True)
        self.profile.write_text(profile)
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "XDG_CACHE_HOME": str(self.folder / "cache"),
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
            # The emulator does at once what AWS takes minutes for; pauses between looks would only cost time.
            "SITECAST_POLL_MS": "100",
            # Nobody answers there: the emulator keeps records and speaks no DNS, and no other DNS is to matter.
            "SITECAST_RESOLVER": "127.0.0.1:9",
            "AWS_ENDPOINT_URL": endpoint,
            "AWS_ACCESS_KEY_ID": account,
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_REGION": "us-east-1",
        }

    def start(self, *arguments):
        return subprocess.Popen(
            [self.binary, *map(str, arguments)], env=self.environment, cwd=self.folder,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )

    def run(self, *arguments, code=0):
        """Runs a command, holds its exit code against `code`, and returns what it printed on stdout."""
        process = self.start(*arguments)
        try:
            output, errors = process.communicate(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            output, errors = process.communicate()
            raise AssertionError(f"sitecast {arguments} still ran after {PATIENCE} s:\n{errors[-6000:]}") from None
        assert process.returncode == code, (
            f"sitecast {' '.join(map(str, arguments))}\n"
            f"exit code {process.returncode}, expected {code}\n{output[-3000:]}\n{errors[-6000:]}"
        )
        return output

    def deploy(self, code=0):
        return self.run("deploy", self.profile, "--yes", "--no-input", code=code)

    def destroy(self, name, code=0):
        return self.run("destroy", self.profile, "--yes", "--confirm", name, "--no-input", code=code)

    def plan(self, code=0):
        """The plan as JSON."""
        return json.loads(self.run("plan", self.profile, "--detailed-exitcode", "--json", code=code))

    def replace_in_profile(self, old, new):
        text = self.profile.read_text()
        assert text.count(old) == 1, f"{old!r} is {text.count(old)} times in the profile"
        self.profile.write_text(text.replace(old, new))
