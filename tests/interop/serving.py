"""What visitors get. The emulator serves no origin groups, so this is a site without a backup."""

import http.client
from pathlib import Path

import folder
from account import Account
from compare import Skipped, equal
from sitecast import Site

# A visitor has no account, and the emulator looks for the distribution in this one alone.
ACCOUNT = "000000000000"
HERE = Path(__file__).parent


def checks(bench):
    visit = Visit(bench)
    return [
        visit.serves_pages,
        visit.finds_folders,
        visit.serves_files_without_extension,
        visit.answers_what_is_missing,
        visit.hides_what_is_not_the_site,
    ]


class Visit:
    def __init__(self, bench):
        self.site = Site(bench.binary, bench.emulator.url, ACCOUNT, bench.folder / "visit", (HERE / "small.toml").read_text())
        self.files = folder.write_small(self.site.public)
        self.site.deploy()
        (self.distribution,) = Account(bench.emulator, ACCOUNT).distributions()
        self.port = bench.emulator.port

    def get(self, path):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        # The emulator speaks no TLS; this header is how it is told that a visitor did.
        headers = {"Host": self.distribution["DomainName"], "X-Forwarded-Proto": "https"}
        connection.request("GET", path, headers=headers)
        response = connection.getresponse()
        body = response.read()
        connection.close()
        return response.status, response, body

    def serves_pages(self):
        """pages and assets are served, with their headers"""
        for path, key in {"/": "index.html", "/about.html": "about.html", "/assets/app-1a2b3c4d.js": "assets/app-1a2b3c4d.js"}.items():
            status, response, body = self.get(path)
            equal(path, (status, body), (200, self.files[key]))
            equal(f"type of {path}", response.getheader("content-type"), folder.content_type(key))
            equal(f"sniffing {path}", response.getheader("x-content-type-options"), "nosniff")

    def finds_folders(self):
        """folders are answered by their pages"""
        status, _, body = self.get("/docs/")
        equal("/docs/", (status, body), (200, self.files["docs/index.html"]))
        status, response, _ = self.get("/docs?a=1")
        equal("/docs", (status, response.getheader("location")), (302, "/docs/?a=1"))

    def serves_files_without_extension(self):
        """files without an extension are not taken for folders"""
        for path, key in {"/CNAME": "CNAME", "/release%20notes": "release notes"}.items():
            status, _, body = self.get(path)
            equal(path, (status, body), (200, self.files[key]))

    def answers_what_is_missing(self):
        """what is missing is answered by the error page"""
        status, _, body = self.get("/no-such-page.html")
        if status == 403 and b"<Code>AccessDenied</Code>" in body:
            raise Skipped("the emulator says 403 for a missing file even where CloudFront may list the bucket")
        equal("a missing page", (status, body), (404, self.files["404.html"]))

    def hides_what_is_not_the_site(self):
        """manifests and copies of profiles can't be fetched, and nothing without CloudFront"""
        bucket = self.distribution["Origins"]["Items"][0]["DomainName"].split(".")[0]
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.request("GET", f"/{bucket}/site/index.html")
        equal("the bucket itself", connection.getresponse().status, 403)
        connection.close()
        for path in ("/sitecast/manifest.json", "/../sitecast/manifest.json", "/%2e%2e/sitecast/profile.toml"):
            assert self.get(path)[0] in (400, 403, 404), f"{path} is served"
