"""The shipped signed gene sets: against the databases, the plan, the reference and known roles."""

from __future__ import annotations

import csv
import gzip
import re
import sqlite3
import subprocess
import sys
import tomllib
from collections import Counter
from itertools import combinations
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SETS = ROOT / "data" / "gene_sets"
SCRIPTS = ROOT / "scripts"
REFERENCE = ROOT / "data" / "reference" / "genes.tsv.gz"
SITE_LIBRARY = Path("/usr/lib/R/site-library")
ORGDB = SITE_LIBRARY / "org.Hs.eg.db" / "extdata" / "org.Hs.eg.sqlite"
GODB = SITE_LIBRARY / "GO.db" / "extdata" / "GO.sqlite"

COLLECTIONS = {
    "core": ["mtor", "pgc1a", "sirt1", "complement", "autophagy"],
    "extended": [
        *("oxphos", "nad", "synapse_pruning", "microglia", "glutamate", "bdnf_trkb", "senescence"),
        *("melanocortin", "fuel_use", "nrf2", "mitophagy", "rna_processing", "proteasome"),
    ],
}
SIZES = {"core": (25, 120), "extended": (10, 150)}
# Roles that no reading of the biology leaves open.
CANARIES = {
    "mtor": {
        **dict.fromkeys(
            ["MTOR", "RPTOR", "MLST8", "RHEB", "RRAGA", "LAMTOR1", "AKT1", "PIK3CA"], 1
        ),
        **dict.fromkeys(["TSC1", "TSC2", "TBC1D7", "PTEN", "DEPTOR", "AKT1S1", "DDIT4"], -1),
        **dict.fromkeys(["SESN1", "SESN2", "SESN3", "NPRL2", "NPRL3", "DEPDC5", "STK11"], -1),
        **dict.fromkeys(["FLCN", "FNIP1", "C9orf72", "INPP5D"], 0),
        **dict.fromkeys(["MIOS", "SEC13", "SEH1L", "WDR24", "WDR59"], 1),
    },
    "pgc1a": {"PPARGC1A": 1, "NRF1": 1, "TFAM": 1, "ESRRA": 1, "NRIP1": -1, "KAT2A": -1},
    "sirt1": {
        **dict.fromkeys(["SIRT1", "NAMPT", "NMNAT1", "USP22", "DYRK1A", "ACSS2", "HSF1"], 1),
        **dict.fromkeys(["CCAR2", "HIC1", "SETD7", "CD38", "PARP1", "TP53", "SREBF1"], -1),
    },
    "complement": {
        **dict.fromkeys(["C1QA", "C2", "C3", "C4A", "C4B", "C5", "CFB", "CFD", "MASP2"], 1),
        **dict.fromkeys(["CFH", "CFI", "CD46", "CD55", "CD59", "C4BPA", "C4BPB"], -1),
        **dict.fromkeys(["SERPING1", "VTN", "CLU", "CR1"], -1),
        "VSIG4": 0,
    },
    "autophagy": {
        **dict.fromkeys(["ULK1", "BECN1", "ATG5", "ATG7", "TBK1", "OPTN", "TFEB"], 1),
        **dict.fromkeys(["MTOR", "RPTOR", "RUBCN", "BCL2"], -1),
        **dict.fromkeys(["ARL8B", "ZKSCAN3"], 0),
    },
    "nrf2": {"NFE2L2": 1, "NQO1": 1, "KEAP1": -1, "CUL3": -1, "BACH1": -1},
    "glutamate": {
        **dict.fromkeys(["GRIN1", "GRIA1", "SLC17A7", "SRR"], 1),
        **dict.fromkeys(["SLC1A2", "SLC1A3", "DAO", "SLC6A9"], -1),
    },
    "melanocortin": {"POMC": 1, "MC4R": 1, "LEPR": 1, "AGRP": -1, "NPY": -1},
    "mitophagy": {"PINK1": 1, "PRKN": 1, "USP30": -1},
    "fuel_use": {"PDHA1": 1, "MPC1": 1, "PDK4": -1},
    "bdnf_trkb": {"BDNF": 1, "NTRK2": 1},
    "microglia": {"TNF": 1, "CX3CR1": -1, "GRN": -1, "TREM2": 0},
    "senescence": {"CDKN1A": 1, "CDKN2A": 1, "TERT": -1, "SIRT6": -1},
    "synapse_pruning": {"C1QA": 1, "ITGAM": 1, "CD47": -1},
    "nad": {"NAMPT": 1, "CD38": -1},
    "oxphos": {"NDUFS1": 1, "SDHA": 1, "UQCRC1": 1, "COX5A": 1, "ATP5F1A": 1},
    "rna_processing": {"TARDBP": 1, "FUS": 1},
    "proteasome": {"PSMB5": 1, "USP14": -1},
}


def read(collection: str) -> list[dict[str, str]]:
    with (SETS / f"{collection}.tsv").open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle, delimiter="\t", quoting=csv.QUOTE_NONE))


ROWS = {collection: read(collection) for collection in COLLECTIONS}
ALL_ROWS = [row for rows in ROWS.values() for row in rows]
ROLES = {(row["pathway"], row["gene"]): int(row["role"]) for row in ALL_ROWS}


@pytest.fixture(scope="module")
def database():
    for path in (ORGDB, GODB):
        if not path.exists():
            pytest.skip(f"{path.name} is not installed (Debian r-bioc-org.hs.eg.db, r-bioc-go.db)")
    connection = sqlite3.connect(f"file:{ORGDB}?mode=ro", uri=True)
    connection.execute("attach database ? as go", (f"file:{GODB}?mode=ro",))
    yield connection
    connection.close()


@pytest.fixture
def builder(monkeypatch, database):
    """The script's own modules, and a function that builds one plan given as text."""
    monkeypatch.syspath_prepend(str(SCRIPTS))
    from gene_sets.building import build
    from gene_sets.database import Annotations
    from gene_sets.plan import PlanError, read_plan

    def build_text(text: str, folder: Path):
        path = folder / "plan.toml"
        path.write_text(text, encoding="utf-8")
        return build(read_plan(path), Annotations(ORGDB, GODB))

    return build_text, PlanError


def plan_text(collection: str) -> str:
    return (SCRIPTS / "gene_sets" / f"{collection}.toml").read_text(encoding="utf-8")


def plan_pathways() -> dict[str, dict]:
    plans = [tomllib.loads(plan_text(collection)) for collection in COLLECTIONS]
    return {pathway["name"]: pathway for plan in plans for pathway in plan["pathway"]}


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_layout(collection):
    rows = ROWS[collection]
    assert list(rows[0]) == ["pathway", "gene", "role", "evidence", "note"]
    assert list(dict.fromkeys(row["pathway"] for row in rows)) == COLLECTIONS[collection]
    order = [(COLLECTIONS[collection].index(row["pathway"]), row["gene"]) for row in rows]
    assert order == sorted(order)
    text = (SETS / f"{collection}.tsv").read_bytes()
    assert text.endswith(b"\n")
    assert b"\r" not in text
    assert {line.count(b"\t") for line in text.splitlines()} == {4}


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_sizes(collection):
    low, high = SIZES[collection]
    sizes = Counter(row["pathway"] for row in ROWS[collection])
    assert {name: n for name, n in sizes.items() if not low <= n <= high} == {}


def test_no_gene_twice_in_a_set():
    assert len(ROLES) == len(ALL_ROWS)


def test_roles_are_signs():
    assert {row["role"] for row in ALL_ROWS} == {"1", "-1", "0"}


@pytest.mark.parametrize("pathway", COLLECTIONS["core"])
def test_core_sets_hold_both_signs(pathway):
    signs = Counter(role for (name, _), role in ROLES.items() if name == pathway)
    assert min(signs[1], signs[-1]) >= 5


def test_evidence_is_a_usable_go_code_or_a_mechanism():
    for row in ALL_ROWS:
        match = re.fullmatch(r"GO:\d{7} ([A-Z]{2,3})", row["evidence"])
        assert match or row["evidence"] == "mechanism", row
        assert not (match and match.group(1) in {"IEA", "ND"}), row


def test_every_row_says_why():
    for row in ALL_ROWS:
        assert row["note"] == row["note"].strip() != "", row
        reason = row["note"] if row["evidence"] == "mechanism" else row["note"].split(": ", 1)[1]
        assert len(reason.split()) >= (3 if row["evidence"] == "mechanism" else 1), row


def test_notes_hold_no_references():
    for row in ALL_ROWS:
        assert not re.search(r"doi|PMID|\bet al\b|\b(19|20)\d\d\b|https?:", row["note"]), row


@pytest.mark.parametrize("pathway", CANARIES)
def test_known_roles(pathway):
    expected = CANARIES[pathway]
    assert {gene: ROLES.get((pathway, gene)) for gene in expected} == expected


def reason(row: dict[str, str]) -> str:
    """What a note says beside the name of the GO term and the mark of imprinting."""
    text = row["note"].split("; imprinted: ")[0]
    return text if row["evidence"] == "mechanism" else text.split(": ", 1)[1]


def test_one_reason_gives_one_role_within_a_set():
    roles: dict[tuple[str, str], set[str]] = {}
    for row in ALL_ROWS:
        roles.setdefault((row["pathway"], reason(row)), set()).add(row["role"])
    assert {key: found for key, found in roles.items() if len(found) > 1} == {}


#: Paralogues that act alike in the set: nobody argues them against each other.
FAMILIES = [
    ("mtor", "PHLPP1 PHLPP2"), ("mtor", "TSC1 TSC2 TBC1D7"), ("mtor", "PIK3R1 PIK3R2 PIK3R3"),
    ("mtor", "EIF4EBP1 EIF4EBP2"), ("mtor", "AKT1 AKT2 AKT3"), ("autophagy", "UBQLN1 UBQLN2"),
    ("autophagy", "ULK1 ULK2"), ("autophagy", "WDR45 WDR45B"), ("sirt1", "CSNK2A1 CSNK2A2"),
    ("sirt1", "NR1H2 NR1H3"), ("complement", "CFHR1 CFHR2 CFHR3 CFHR4 CFHR5"),
    ("proteasome", "UBQLN1 UBQLN2 UBQLN4"), ("proteasome", "RAD23A RAD23B"),
    ("proteasome", "PAAF1 PSMD5"), ("fuel_use", "MICU1 MICU2"), ("microglia", "CSF1R IL34"),
    ("senescence", "CDK4 CDK6"), ("rna_processing", "PTBP1 PTBP2"), ("nad", "NADK NADK2"),
]  # fmt: skip


@pytest.mark.parametrize(("pathway", "genes"), FAMILIES)
def test_a_family_has_one_role(pathway, genes):
    assert len({ROLES[pathway, gene] for gene in genes.split()}) == 1


def test_sirt1_rests_on_members_of_its_own():
    members = {
        name: {gene for pathway, gene in ROLES if pathway == name} for name in ("sirt1", "nad")
    }
    own = members["sirt1"] - members["nad"]
    assert len([gene for gene in own if ROLES["sirt1", gene]]) >= 25
    assert len(members["sirt1"] & members["nad"]) <= 8
    signs = Counter(ROLES["sirt1", gene] for gene in own)
    assert min(signs[1], signs[-1]) >= 10


def test_imprinted_members_say_which_copy_is_expressed():
    marked = {(row["pathway"], row["gene"]) for row in ALL_ROWS if "; imprinted: " in row["note"]}
    assert {("mtor", "IGF2"), ("mtor", "GRB10"), ("melanocortin", "GNAS")} <= marked
    assert marked == {(row[0], row[1]) for row in readme_table("Imprinted members")}
    for row in ALL_ROWS:
        assert ("imprinted" in row["note"]) == ((row["pathway"], row["gene"]) in marked), row


def test_hub_genes_stay_without_an_expression_model():
    for pathway, gene in [
        *(("pgc1a", "PPARGC1A"), ("mtor", "RHEB"), ("mtor", "PTEN"), ("mtor", "MTOR")),
        ("sirt1", "SIRT1"),
    ]:
        assert (pathway, gene) in ROLES


def test_reference_knows_every_symbol():
    if not REFERENCE.exists():
        pytest.skip("data/reference/genes.tsv.gz is not built")
    with gzip.open(REFERENCE, "rt", encoding="utf-8", newline="") as handle:
        known = {row["symbol"] for row in csv.DictReader(handle, delimiter="\t")}
    assert sorted({row["gene"] for row in ALL_ROWS} - known) == []


def test_database_knows_every_symbol_as_protein_coding(database):
    query = "select symbol, gene_type from gene_info join genetype using (_id)"
    types = dict(database.execute(query))
    wrong = {row["gene"] for row in ALL_ROWS if types.get(row["gene"]) != "protein-coding"}
    assert wrong == set()


def test_every_go_row_is_in_the_database(database):
    tables = {"BP": "go_bp", "MF": "go_mf", "CC": "go_cc"}
    for row in ALL_ROWS:
        if row["evidence"] == "mechanism":
            continue
        go_id, code = row["evidence"].split()
        term, ontology = database.execute(
            "select term, ontology from go.go_term where go_id = ?", (go_id,)
        ).fetchone()
        hit = database.execute(
            f"select 1 from {tables[ontology]} join gene_info using (_id) "
            "where symbol = ? and go_id = ? and evidence = ?",
            (row["gene"], go_id, code),
        ).fetchone()
        assert hit, row
        assert row["note"].startswith(f"{term}: "), row


def test_direction_of_the_cited_term_is_the_role():
    inverse = {
        (name, term["id"])
        for name, pathway in plan_pathways().items()
        for term in pathway["term"]
        if "inverse" in term
    }
    assert {name for name, _ in inverse} == {"melanocortin"}
    checked = 0
    for row in ALL_ROWS:
        sign = {"positive": 1, "negative": -1}.get(row["note"].split(" regulation of ")[0])
        if sign and row["role"] != "0" and row["evidence"] != "mechanism":
            go_id = row["evidence"].split()[0]
            flip = -1 if (row["pathway"], go_id) in inverse else 1
            assert int(row["role"]) == sign * flip, row
            checked += 1
    assert checked > 150


def test_genes_annotated_both_ways_are_decided(database):
    """Independent of the script: each cited regulation term against its opposite."""
    names = dict(database.execute("select go_id, term from go.go_term"))
    by_name = {name: go_id for go_id, name in names.items()}
    swap = {"positive regulation of": "negative", "negative regulation of": "positive"}
    found = set()
    for pathway, plan in plan_pathways().items():
        members = {gene for name, gene in ROLES if name == pathway}
        for term in plan["term"]:
            prefix = " ".join(names[term["id"]].split()[:3])
            if prefix not in swap:
                continue
            rest = names[term["id"]].removeprefix(prefix)
            opposite = by_name.get(f"{swap[prefix]} regulation of{rest}", "")
            both = _genes(database, term["id"]) & _genes(database, opposite) & members
            found |= {(pathway, gene) for gene in both}
            assert both <= set(plan.get("decide", {})), (pathway, both)
    assert {gene for pathway, gene in found if pathway == "mtor"} >= {
        *("FLCN", "FNIP1", "MIOS", "SEC13", "SEH1L", "WDR24", "WDR59")
    }


def _genes(database: sqlite3.Connection, go_id: str) -> set[str]:
    query = (
        "select symbol from go_bp join gene_info using (_id) "
        "where go_id = ? and evidence not in ('IEA', 'ND')"
    )
    return {symbol for (symbol,) in database.execute(query, (go_id,))}


def run_script(*options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(SCRIPTS / "build_gene_sets.py"), *options]
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)


def test_script_reproduces_the_committed_files(database):
    done = run_script("--check")
    assert (done.returncode, done.stdout.strip()) == (0, "up to date"), done.stdout + done.stderr


def test_script_names_a_missing_database(tmp_path):
    done = run_script("--check", "--orgdb", str(tmp_path / "none.sqlite"))
    assert done.returncode == 2
    assert "r-bioc-org.hs.eg.db" in done.stdout


def test_build_gives_the_committed_rows(builder, tmp_path):
    build, _ = builder
    rows = build(plan_text("core"), tmp_path)
    assert [row.cells() for row in rows] == [tuple(row.values()) for row in ROWS["core"]]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (r"\[pathway\.decide\.FLCN\]\nrole = 0\nnote = .*\n", "", "FLCN has more than one"),
        (r"\nAKT2 = ", "\nAKT22 = ", "AKT22 is not a current gene symbol"),
        (r'"PTEN", "PIK3IP1"', '"PTEN", "RHEB"', "RHEB is not annotated directly"),
        (r'AKT2 = ".*"', 'AKT2 = "as AKT1"', "AKT2 needs a reason"),
        (r"\nGSK3B = \{ role = 0", "\nGSK3B = { role = 1", "GSK3B needs no decision"),
        (r"\n\[pathway.plus\]\n", "\n[pathway.surplus]\n", "unknown key 'surplus'"),
        (r'id = "GO:0032007"\nrole = -1', 'id = "GO:0032007"\nrole = 1', "role disagree"),
        (r'id = "GO:1904515"', 'id = "GO:0038203"', "without its opposite"),
        (r"\nMTOR = ", "\nTSC1 = ", "TSC1 stands in two places"),
        (r'\nIGF2 = "the paternal', '\nH19 = "the paternal', "H19 is marked as imprinted but"),
    ],
)
def test_a_plan_that_does_not_fit_is_refused(builder, tmp_path, old, new, message):
    build, error = builder
    text, count = re.subn(old, new, plan_text("core"), count=1)
    assert count == 1
    with pytest.raises(error, match=message):
        build(text, tmp_path)


def readme_table(title: str) -> list[list[str]]:
    text = (SETS / "README.md").read_text(encoding="utf-8")
    section = text.split(f"## {title}\n", 1)[1].split("\n## ", 1)[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def test_readme_counts_are_those_of_the_files():
    expected = []
    for collection, pathways in COLLECTIONS.items():
        for pathway in pathways:
            members = [row for row in ROWS[collection] if row["pathway"] == pathway]
            roles = Counter(row["role"] for row in members)
            by_hand = sum(row["evidence"] == "mechanism" for row in members)
            counts = [len(members), roles["1"], roles["-1"], roles["0"]]
            counts += [len(members) - by_hand, by_hand]
            expected.append([collection, pathway, *map(str, counts)])
    assert readme_table("Sets") == expected


def test_readme_states_every_overlap():
    members: dict[str, set[str]] = {}
    for pathway, gene in ROLES:
        members.setdefault(pathway, set()).add(gene)
    expected = {
        (a, b): " ".join(sorted(members[a] & members[b]))
        for a, b in combinations(members, 2)
        if members[a] & members[b]
    }
    table = readme_table("Overlap between sets")
    assert {(row[0], row[1]): row[-1] for row in table} == expected
    for a, b, n, same, opposite, unknown, genes in table:
        signs = Counter(ROLES[a, gene] * ROLES[b, gene] for gene in genes.split())
        assert [int(n), int(same), int(opposite), int(unknown)] == [
            *(len(genes.split()), signs[1], signs[-1], signs[0])
        ]
