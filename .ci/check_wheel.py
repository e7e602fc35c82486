"""Check that the wheel holds what users need and nothing else."""

import sys
import zipfile

NEEDED = {
    "twas/py.typed",
    "pathways/py.typed",
    "twas/_data/gene_sets/core.tsv",
    "twas/_data/gene_sets/README.md",
    "twas/_data/reference/genes.tsv.gz",
    "twas/_data/reference/README.md",
    "twas/_data/regions/long_range.tsv",
    "twas/_data/example/truth.tsv",
    "twas/_data/stress_reserve.toml",
}
ALLOWED = ("twas/", "pathways/", "twas_divergence-")
MAX_BYTES = 8_000_000


def main(path: str) -> None:
    """Exit with a message if the wheel is wrong."""
    with zipfile.ZipFile(path) as wheel:
        names = set(wheel.namelist())
    missing = NEEDED - names
    strange = [n for n in names if not n.startswith(ALLOWED) or "__pycache__" in n]
    if missing or strange:
        sys.exit(f"wheel: missing {sorted(missing)}, should not be there {sorted(strange)}")
    size = sum(info.compress_size for info in zipfile.ZipFile(path).infolist())
    if size > MAX_BYTES:
        sys.exit(f"wheel: {size:,} bytes, more than {MAX_BYTES:,}")
    print(f"wheel: {len(names)} files, {size:,} bytes")


if __name__ == "__main__":
    main(sys.argv[1])
