"""What the tests of an atlas share."""

from pathways.atlas.engine import Engine

#: One task after the other, in this process.
HERE = Engine(workers=0)


def bytes_of(folder):
    """Content of every file but the record, which holds times."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != "run.json"
    }
