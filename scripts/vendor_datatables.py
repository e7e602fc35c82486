"""Fetch DataTables and jQuery, which search and sort the large tables of the report.

    python scripts/vendor_datatables.py

Both are MIT. `npm pack` fetches the two packages; the minified files and the licences go to
``pathways/report/pages/vendor``, from where the report inlines them. A file that is not the one
expected is refused.
"""

from __future__ import annotations

import hashlib
import subprocess
import tarfile
import tempfile
from pathlib import Path

TARGET = Path(__file__).parents[1] / "pathways" / "report" / "pages" / "vendor"
#: Package and version, file in it → name here, SHA-256.
FILES = {
    ("jquery@3.8.0", "dist/jquery.slim.min.js"): (
        "jquery.slim.min.js",
        "19fd3ef99683e7a0b7893a7d16a17b2957655175dafe24d8543ecc6c20cff9e0",
    ),
    ("jquery@3.8.0", "LICENSE.txt"): (
        "jquery.LICENSE.txt",
        "d4db9ebe6f29f5168eac45ad713f055623ac5d0dcd5ba92da23d650ae012020d",
    ),
    ("datatables.net@2.3.8", "js/dataTables.min.js"): (
        "dataTables.min.js",
        "14003b703de0e0019277baff32ce03a0b8a1aba6a97c86bb4b67d430336085de",
    ),
    ("datatables.net@2.3.8", "License.txt"): (
        "dataTables.LICENSE.txt",
        "62b5fdd54371b4f6bd07a60dbc78b38814f49a8028213f540dc2733cad605382",
    ),
}


def main() -> None:
    """Fetch, check, write."""
    TARGET.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        for (package, path), (name, expected) in FILES.items():
            data = read(Path(folder), package, path)
            found = hashlib.sha256(data).hexdigest()
            if found != expected:
                raise SystemExit(f"{package}: {path} has SHA-256 {found}, expected {expected}")
            (TARGET / name).write_bytes(data)


def read(folder: Path, package: str, path: str) -> bytes:
    """One file of a package."""
    archive = folder / f"{package.replace('@', '-')}.tgz"
    if not archive.exists():
        subprocess.run(["npm", "pack", "--silent", package], cwd=folder, check=True)
    with tarfile.open(archive) as opened:
        member = opened.extractfile(f"package/{path}")
        if member is None:
            raise SystemExit(f"{package} has no {path}")
        return member.read()


if __name__ == "__main__":
    main()
