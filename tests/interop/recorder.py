"""A proxy in front of the emulator that notes every call, can slow calls down, and can swallow one's answer."""

import http.client
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from calls import describe
from defects import KeyTypes

NOT_PASSED_ON = {"connection", "transfer-encoding", "content-length", "expect", "keep-alive"}


class Recorder:
    """Listens on a free port of this machine and passes everything on to `upstream_port`."""

    def __init__(self, upstream_port):
        self.upstream_port = upstream_port
        self.calls = []
        self.latency = 0.0
        self.key_types = KeyTypes()
        self.held = threading.Event()
        self._changes_until_hold = None
        self._hold_before = False
        self._lock = threading.Lock()
        handler = type("Handler", (Handler,), {"recorder": self})
        self._server = Server(("127.0.0.1", 0), handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self):
        self._server.shutdown()
        self._server.server_close()

    def forget(self):
        with self._lock:
            self.calls = []

    def changes(self):
        return [call for call in self.calls if call.changes]

    def hold_at_change(self, number, before):
        """From the `number`-th change on, nothing is answered any more: that change and all calls after it.

        `before` decides whether that one change still reaches the emulator.
        """
        with self._lock:
            self.held.clear()
            self._changes_until_hold, self._hold_before = number, before

    def release(self):
        with self._lock:
            self._changes_until_hold = None
            self.held.clear()

    def admit(self, call):
        """Notes a call. Says whether it is passed on, and whether its answer is."""
        with self._lock:
            call.started = time.monotonic()
            self.calls.append(call)
            if self._changes_until_hold is None:
                return True, True
            if self.held.is_set():
                return False, False
            self._changes_until_hold -= call.changes
            if self._changes_until_hold > 0:
                return True, True
            self.held.set()
            return not self._hold_before, False


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256

    def handle_error(self, request, client_address):
        """A client that was killed leaves broken connections behind: that is what it was killed for."""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    recorder = None

    def handle_call(self):
        body = self.read_body()
        headers = {name.lower(): value for name, value in self.headers.items()}
        call = describe(self.command, self.path, headers, body)
        pass_on, answer = self.recorder.admit(call)
        if pass_on:
            time.sleep(self.recorder.latency)
            status, answer_headers, answer_body = self.ask_upstream(body)
            call.status, call.ended = status, time.monotonic()
            answer_body = self.recorder.key_types.mend(call, answer_body)
        if answer:
            self.answer(status, answer_headers, answer_body)
        else:
            # The connection stays open and silent until the client is gone.
            self.rfile.read(1)
            self.close_connection = True

    do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = do_PATCH = handle_call

    def read_body(self):
        if "chunked" not in self.headers.get("transfer-encoding", "").lower():
            return self.rfile.read(int(self.headers.get("content-length") or 0))
        chunks = []
        while size := int(self.rfile.readline().split(b";")[0], 16):
            chunks.append(self.rfile.read(size))
            self.rfile.readline()
        while self.rfile.readline().strip():
            pass
        return b"".join(chunks)

    def ask_upstream(self, body):
        connection = http.client.HTTPConnection("127.0.0.1", self.recorder.upstream_port, timeout=120)
        connection.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
        for name, value in self.headers.items():
            if name.lower() not in NOT_PASSED_ON:
                connection.putheader(name, value)
        connection.putheader("content-length", str(len(body)))
        connection.endheaders(body)
        response = connection.getresponse()
        answer = response.status, response.getheaders(), response.read()
        connection.close()
        return answer

    def answer(self, status, headers, body):
        self.send_response_only(status)
        length = str(len(body))
        for name, value in headers:
            if name.lower() == "content-length" and self.command == "HEAD":
                length = value
            elif name.lower() not in NOT_PASSED_ON:
                self.send_header(name, value)
        if status not in (204, 304):
            self.send_header("content-length", length)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *_):
        pass
