"""Folders of files to publish: the same bytes on every run."""

import random
from pathlib import Path

WORDS = "static site edge cache origin bucket region release manifest folder page answer".split()

# What each extension must be served as; a name without one is told by its content.
CONTENT_TYPES = {
    "": "text/plain; charset=utf-8",
    "bin": "application/octet-stream",
    "css": "text/css; charset=utf-8",
    "html": "text/html; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "json": "application/json; charset=utf-8",
    "pdf": "application/pdf",
    "png": "image/png",
    "svg": "image/svg+xml; charset=utf-8",
    "txt": "text/plain; charset=utf-8",
    "woff2": "font/woff2",
}

ODD_NAMES = [
    "odd/a name with spaces.html",
    "odd/it's \"quoted\".txt",
    "odd/1+1=2.txt",
    "odd/100% sure.txt",
    "odd/already%20escaped.txt",
    "odd/übergröße.html",
    "odd/日本語/ページ.html",
    "odd/emoji-\N{ROCKET}.txt",
    "odd/a&b;c=d,e@f$g!h.txt",
    "odd/(round) [square] {curly}.txt",
    "odd/hash#tag?.txt",
    "odd/~tilde^caret.txt",
    "odd/dots...txt",
    "odd/back\\slash.txt",
]


def write_large(folder):
    """About as many files as the documentation of a large program. Returns what must be published."""
    noise = random.Random(20_260_101)
    files = {name: words(noise, 40) for name in ODD_NAMES}
    files |= {
        "index.html": page(noise, "Home"),
        "404.html": page(noise, "Not here"),
        "robots.txt": b"User-agent: *\n",
        "empty.txt": b"",
        "LICENSE": words(noise, 300),
        ".well-known/security.txt": b"Contact: mailto:security@acme.example\n",
        # Above the size from which S3 clients send a file in parts.
        "downloads/manual.pdf": b"%PDF-1.7\n" + noise.randbytes(12 * 1024 * 1024),
    }
    for part in range(20):
        for chapter in range(28):
            files[f"guide/part-{part:02}/chapter-{chapter:02}/index.html"] = page(noise, f"{part}.{chapter}")
    for number in range(80):
        files[f"assets/images/figure-{number:03}.png"] = b"\x89PNG\r\n\x1a\n" + noise.randbytes(noise.randint(200, 9_000))
        files[f"assets/icons/icon-{number:03}.svg"] = b"<svg xmlns='http://www.w3.org/2000/svg'/>" + words(noise, 5)
    for number in range(20):
        files[f"assets/app-{noise.randbytes(4).hex()}.js"] = words(noise, 900)
        files[f"assets/style-{noise.randbytes(4).hex()}.css"] = words(noise, 400)
        files[f"search/index-{number:02}.json"] = b'{"words": "' + words(noise, 200) + b'"}'
    for number in range(6):
        files[f"assets/fonts/face-{number}.woff2"] = b"wOF2" + noise.randbytes(20_000)
    write(folder, files)
    write(folder, {".hidden": b"not to be published", "guide/.DS_Store": b"nor this"})
    return files


def write_small(folder):
    """A handful of files. Returns what must be published."""
    noise = random.Random(7)
    files = {name: page(noise, name) for name in ["index.html", "404.html", "docs/index.html", "about.html"]}
    files |= {"assets/app-1a2b3c4d.js": words(noise, 50), "search/all.json": b"{}"}
    files |= {"CNAME": b"acme.example\n", "release notes": words(noise, 9)}
    write(folder, files)
    return files


def write(folder, files):
    for name, content in files.items():
        path = Path(folder) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def content_type(key):
    name = key.rsplit("/", 1)[-1]
    return CONTENT_TYPES[name.rsplit(".", 1)[1] if "." in name[1:] else ""]


def page(noise, title):
    return f"<!doctype html><title>{title}</title><p>".encode() + words(noise, noise.randint(200, 3_000))


def words(noise, count):
    return " ".join(noise.choices(WORDS, k=count)).encode()
