"""ministack on a free port of this machine."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import boto3
from botocore.config import Config

PATIENCE = 60


class Emulator:
    def __init__(self, folder):
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = Path(folder) / "ministack.log"
        settings = {
            "BIND_HOST": "127.0.0.1",
            "GATEWAY_PORT": str(self.port),
            "MINISTACK_HOST": "localhost",
            "AUTH": "true",
        }
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                [Path(sys.executable).with_name("ministack")],
                env=os.environ | settings, cwd=folder, stdout=log, stderr=subprocess.STDOUT,
            )

    def wait_until_ready(self):
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            assert self._process.poll() is None, f"ministack ended:\n{self.log.read_text()}"
            try:
                urllib.request.urlopen(f"{self.url}/_ministack/health", timeout=1).read()
                return
            except (urllib.error.URLError, OSError):
                time.sleep(0.05)
        raise AssertionError(f"ministack did not start:\n{self.log.read_text()}")

    def stop(self):
        self._process.terminate()
        self._process.wait(PATIENCE)

    def client(self, service, account, region="us-east-1"):
        return boto3.client(
            service, region_name=region, endpoint_url=self.url,
            aws_access_key_id=account, aws_secret_access_key="test",
            config=Config(s3={"addressing_style": "path"}, retries={"total_max_attempts": 1}, max_pool_connections=32),
        )


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
