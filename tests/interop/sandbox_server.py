"""A sandbox of our own, and clients of it."""

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import time

import boto3
from botocore.config import Config

ACCOUNT = "123456789012"


class Sandbox:
    """A running sandbox. `at(service, region)` is a client of it."""

    def __init__(self, binary, folder, pace, *flags):
        self.arguments = [binary, "sandbox", "serve", "--port", "0", "--pace", pace, "--dir", folder, *flags]
        self.clients = {}
        self.start()

    def start(self):
        self.process = subprocess.Popen(self.arguments, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        line = self.process.stdout.readline().strip()
        if not line.startswith("export AWS_ENDPOINT_URL="):
            raise RuntimeError(f"the sandbox said {line!r} rather than where it is")
        self.url = line.split("=", 1)[1]
        self.clients.clear()

    def stop(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def restart(self):
        """Ends it without warning, and starts it on what it had written."""
        self.stop()
        self.start()

    def at(self, service, region="us-east-1"):
        key = (service, region)
        if key not in self.clients:
            # One attempt only: a refusal is to be seen, not retried.
            config = Config(retries={"total_max_attempts": 1}, read_timeout=20, s3={"addressing_style": "path"})
            self.clients[key] = boto3.client(
                service,
                region_name=region,
                endpoint_url=self.url,
                aws_access_key_id="any",
                aws_secret_access_key="key",
                config=config,
            )
        return self.clients[key]

    def cli(self, *words, region="us-east-1", body=None):
        """Runs the AWS CLI and returns what it printed."""
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": tempfile.gettempdir(),
            "AWS_ACCESS_KEY_ID": "any",
            "AWS_SECRET_ACCESS_KEY": "key",
            "AWS_DEFAULT_REGION": region,
            "AWS_ENDPOINT_URL": self.url,
            "AWS_PAGER": "",
        }
        aws = os.path.join(os.path.dirname(sys.executable), "aws")
        done = subprocess.run(
            [sys.executable, aws, *words], env=environment, input=body, capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            raise RuntimeError(f"aws {' '.join(words)}: {done.stderr.strip()}")
        return done.stdout.strip()


@contextlib.contextmanager
def sandbox(binary, pace, *flags):
    folder = tempfile.mkdtemp(prefix="sitecast-interop-")
    running = Sandbox(binary, folder, pace, *flags)
    try:
        yield running
    finally:
        running.stop()
        shutil.rmtree(folder)


def until(condition, what, seconds=30):
    """Waits for a condition and returns what it answers."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(0.05)
    raise RuntimeError(f"{what} did not come within {seconds} s")
