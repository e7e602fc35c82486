"""Build ``data/reference/genes.tsv.gz`` from the SQLite file of Bioconductor's org.Hs.eg.db.

Run ``python scripts/build_reference.py``; the default database is the one that Debian's package
``r-bioc-org.hs.eg.db`` installs. The rules are explained in ``data/reference/README.md``, which
this script writes too. Equal databases give equal bytes.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np
import pandas as pd

DATABASE = Path("/usr/lib/R/site-library/org.Hs.eg.db/extdata/org.Hs.eg.sqlite")
OUT = Path(__file__).resolve().parent.parent / "data" / "reference"
CHROMOSOMES = {**{str(c): str(c) for c in range(1, 23)}, "X": "X", "Y": "Y", "M": "MT"}
# Regulatory regions and loci known only as phenotypes: no gene model, no expression.
LEFT_OUT_TYPES = ("biological-region", "unknown")
# Length of chromosome 1 in GRCh38 (GRCh37: 249,250,621): refuses a database of another build.
CHR1_GRCH38 = 248_956_422
COLUMNS = (
    "gene",
    "symbol",
    "ensembl_id",
    "entrez",
    "chrom",
    "start",
    "end",
    "secondary_ids",
    "aliases",
)

README = """# Gene reference

`genes.tsv.gz`: one row per human gene, {rows:,} genes, {with_ensembl:,} with an Ensembl id,
{with_position:,} with a position. Built by `scripts/build_reference.py`; do not edit by hand.

- Origin: Bioconductor annotation package org.Hs.eg.db 3.16.0, as in Debian's package
  `r-bioc-org.hs.eg.db`.
- Licence: Artistic-2.0 (org.Hs.eg.db, copyright Marc Carlson). `genes.tsv.gz` is a modified
  extract of it: only the columns below were kept, by the rules below.
- Symbols, aliases, Entrez ids: {EGSOURCENAME}, {EGSOURCEDATE}. Ensembl ids: the same and
  Ensembl, {ENSOURCEDATE}.
- Positions: {GPSOURCENAME}, {GPSOURCEDATE}, GRCh38
  (chromosome 1 has {chr1:,} bases in the database).
- SHA-256 of `genes.tsv.gz`: `{sha256}`

## Columns

| column | meaning |
|---|---|
| `gene` | the identity: `ensembl_id`, or `symbol` where there is none; unique |
| `symbol` | official symbol at the date above; unique |
| `ensembl_id` | unversioned Ensembl gene id, empty where none |
| `entrez` | NCBI Gene id |
| `chrom`, `start`, `end` | GRCh38, start counted from 0 as at UCSC; empty where unknown |
| `secondary_ids` | further Ensembl ids of the gene (alternate haplotypes), joined by a bar |
| `aliases` | synonyms and former symbols, joined by a bar |

## Rules

1. The unit is the NCBI gene. Regulatory regions (`biological-region`) and loci known only as a
   phenotype (`unknown`) are left out. A symbol shared by several genes (most are transfer RNAs)
   stays with the one that has an Ensembl id, then a position, then the lowest Entrez id.
2. Several Ensembl ids: links that NCBI makes itself (they follow the primary assembly) go before
   links that only Ensembl makes, then the id with the fewest genes, then the order of the
   database. In that order each gene takes its `ensembl_id`; an id belongs to one gene only. An
   id left over that links to one gene is a secondary id of it; one that links to several is left
   out. Checked against GTEx v8 brain models (GENCODE v26, primary assembly): of 15,019 ids that
   the reference knows, 15,012 are an `ensembl_id` and 7 a secondary id.
3. Positions on alternate haplotypes and patches are dropped. Only the chromosome that NCBI states
   counts, X before Y for the pseudoautosomal genes. Overlapping transcripts form one place, from
   its smallest start to its largest end. A gene with several places (recent duplications, the
   false duplications of 21p in GRCh38) takes the one nearest to the median start of the genes of
   its cytogenetic band, then the smallest start.
4. Mitochondrial genes get the synonym with a hyphen too (`MT-ND1` beside `MTND1` for `ND1`).
"""


def read_tables(database: Path) -> dict[str, pd.DataFrame]:
    """Return the tables that the reference needs, rows in the order of the database."""
    queries = {
        "genes": "SELECT i._id, i.symbol, g.gene_id AS entrez, t.gene_type FROM gene_info i "
        "JOIN genes g USING (_id) JOIN genetype t USING (_id) ORDER BY i._id",
        "ensembl": "SELECT _id, ensembl_id FROM ensembl ORDER BY rowid",
        "by_ncbi": "SELECT DISTINCT _id, ensembl_id, 1 AS by_ncbi FROM ncbi2ensembl",
        "places": "SELECT _id, seqname, abs(start_location) AS start, abs(end_location) AS end "
        "FROM chromosome_locations",
        "chromosomes": "SELECT _id, chromosome FROM chromosomes",
        "bands": "SELECT _id, cytogenetic_location AS band FROM cytogenetic_locations "
        "ORDER BY rowid",
        "aliases": "SELECT _id, alias_symbol AS alias FROM alias",
        "metadata": "SELECT name, value FROM metadata",
        "lengths": "SELECT chromosome, length FROM chrlengths",
    }
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        return {name: pd.read_sql(query, connection) for name, query in queries.items()}


def ensembl_ids(tables: dict[str, pd.DataFrame]) -> tuple[pd.Series, pd.Series]:
    """Return the primary Ensembl id and the joined secondary ids, both indexed by ``_id``."""
    edges = tables["ensembl"].merge(tables["by_ncbi"], on=["_id", "ensembl_id"], how="left")
    edges = edges[edges["_id"].isin(tables["genes"]["_id"])]
    edges["degree"] = edges.groupby("ensembl_id")["_id"].transform("size")
    edges["rank"] = np.arange(len(edges))
    edges = edges.fillna({"by_ncbi": 0}).sort_values(
        ["by_ncbi", "degree", "rank"], ascending=[False, True, True]
    )
    primary: dict[int, str] = {}
    taken: set[str] = set()
    for gene, ensembl_id in zip(edges["_id"], edges["ensembl_id"], strict=True):
        if gene not in primary and ensembl_id not in taken:
            primary[gene] = ensembl_id
            taken.add(ensembl_id)
    rest = edges[~edges["ensembl_id"].isin(taken) & (edges["degree"] == 1)]
    secondary = rest.groupby("_id")["ensembl_id"].agg(lambda ids: "|".join(sorted(ids)))
    return pd.Series(primary, dtype=object), secondary


def merge_overlaps(places: pd.DataFrame) -> pd.DataFrame:
    """Merge overlapping transcripts of a gene into places ``_id chrom start end``."""
    places = places.sort_values(["_id", "chrom", "start", "end"])
    key = ["_id", "chrom"]
    reach = places.groupby(key)["end"].cummax()
    before = reach.groupby([places["_id"], places["chrom"]]).shift()
    places["place"] = (before.isna() | (places["start"] > before)).cumsum()
    return places.groupby([*key, "place"], as_index=False).agg(
        start=("start", "min"), end=("end", "max")
    )


def positions(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Return one place per gene, indexed by ``_id``: ``chrom``, ``start``, ``end``."""
    places = tables["places"].assign(chrom=tables["places"]["seqname"].map(CHROMOSOMES))
    stated = tables["chromosomes"].rename(columns={"chromosome": "chrom"})
    places = merge_overlaps(places.dropna(subset=["chrom"]).merge(stated, on=["_id", "chrom"]))
    places["is_y"] = places["chrom"] == "Y"
    bands = tables["bands"].drop_duplicates("_id").set_index("_id")["band"]
    places["band"] = places["_id"].map(bands).fillna("")
    single = places[~places["_id"].duplicated(keep=False)]
    centre = single.groupby(["chrom", "band"])["start"].median().rename("centre").reset_index()
    places = places.merge(centre, on=["chrom", "band"], how="left")
    places["off"] = (places["start"] - places["centre"]).abs().fillna(0)
    places = places.sort_values(["_id", "is_y", "off", "start"]).drop_duplicates("_id")
    return places.set_index("_id")[["chrom", "start", "end"]]


def joined_aliases(tables: dict[str, pd.DataFrame]) -> pd.Series:
    """Return the synonyms of each gene without its own symbol, sorted, joined by a bar."""
    aliases = tables["aliases"].merge(tables["genes"][["_id", "symbol"]], on="_id")
    # NCBI names mitochondrial genes ND1, synonym MTND1; everyone else writes MT-ND1.
    on_mt = tables["chromosomes"].query("chromosome == 'MT'")["_id"]
    hgnc = aliases[aliases["_id"].isin(on_mt) & aliases["alias"].str.fullmatch("MT[A-Z0-9]+")]
    hgnc = hgnc.assign(alias="MT-" + hgnc["alias"].str[2:])
    taken = aliases["alias"].isin(hgnc["alias"]) & ~aliases["_id"].isin(on_mt)
    aliases = aliases[~taken]  # MT-CO2 is also listed for a nuclear pseudogene
    aliases = pd.concat([aliases, hgnc])
    aliases = aliases[aliases["alias"] != aliases["symbol"]]
    if aliases["alias"].str.contains(r"[|\t\n]").any():
        raise SystemExit("an alias holds a bar, tab or line break: choose another separator")
    return aliases.groupby("_id")["alias"].agg(lambda names: "|".join(sorted(set(names))))


def build(tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Return the reference table, sorted by chromosome, start and identity."""
    tables["genes"] = tables["genes"][~tables["genes"]["gene_type"].isin(LEFT_OUT_TYPES)]
    genes = tables["genes"].set_index("_id")
    genes["ensembl_id"], genes["secondary_ids"] = ensembl_ids(tables)
    genes = genes.join(positions(tables))
    genes["aliases"] = joined_aliases(tables)
    genes["number"] = genes["entrez"].astype(int)
    lacks = genes[["ensembl_id", "start"]].isna()
    genes = genes.assign(no_id=lacks["ensembl_id"], no_place=lacks["start"])
    genes = genes.sort_values(["no_id", "no_place", "number"]).drop_duplicates("symbol")
    genes["gene"] = genes["ensembl_id"].fillna(genes["symbol"])
    order = {chrom: i for i, chrom in enumerate(CHROMOSOMES.values())}
    genes["order"] = genes["chrom"].map(order).fillna(len(order))
    genes = genes.sort_values(["order", "start", "number"]).reset_index(drop=True)
    genes[["start", "end"]] = genes[["start", "end"]].astype("Int64")
    if not genes["gene"].is_unique:
        raise SystemExit("two genes share an identity")
    return genes[list(COLUMNS)]


def write(genes: pd.DataFrame, tables: dict[str, pd.DataFrame], out: Path) -> None:
    """Write the table and its README below ``out``."""
    text = genes.to_csv(sep="\t", index=False, lineterminator="\n").encode()
    # mtime=0 and no file name: equal input, equal bytes.
    packed = gzip.compress(text, compresslevel=9, mtime=0)
    out.mkdir(parents=True, exist_ok=True)
    (out / "genes.tsv.gz").write_bytes(packed)
    metadata = dict(
        zip(*(tables["metadata"][c].astype(str) for c in ("name", "value")), strict=True)
    )
    readme = README.format(
        rows=len(genes),
        with_ensembl=int(genes["ensembl_id"].notna().sum()),
        with_position=int(genes["start"].notna().sum()),
        chr1=CHR1_GRCH38,
        sha256=hashlib.sha256(packed).hexdigest(),
        **metadata,
    )
    (out / "README.md").write_text(readme, encoding="utf-8")


def main() -> None:
    """Parse the options, check the build, write the files."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--database", type=Path, default=DATABASE)
    parser.add_argument("--out", type=Path, default=OUT)
    options = parser.parse_args()
    if not options.database.exists():
        raise SystemExit(f"{options.database} is missing: install r-bioc-org.hs.eg.db")
    tables = read_tables(options.database)
    lengths = tables["lengths"].set_index("chromosome")["length"]
    if lengths["1"] != CHR1_GRCH38:
        raise SystemExit("the positions of this database are not GRCh38")
    genes = build(tables)
    write(genes, tables, options.out)
    print(f"{len(genes)} genes written to {options.out / 'genes.tsv.gz'}")


if __name__ == "__main__":
    main()
