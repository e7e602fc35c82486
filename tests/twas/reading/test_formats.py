"""The table of formats: recognised by column names, in any order and case."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twas.errors import DataError, UsageError
from twas.reading.columns import Choices, assign, normalise, recognise
from twas.reading.formats import FORMATS, NUMBER_COLUMNS, TEXT_COLUMNS, RefusedError
from twas.reading.table import read_table
from twas.traits.trait import read_trait

HEADERS = {
    "S-PrediXcan": "gene,gene_name,zscore,effect_size,pvalue,var_g,pred_perf_r2,pred_perf_pval,"
    "pred_perf_qval,n_snps_used,n_snps_in_cov,n_snps_in_model",
    "FUSION": "PANEL FILE ID CHR P0 P1 HSQ BEST.GWAS.ID BEST.GWAS.Z EQTL.ID EQTL.R2 EQTL.Z "
    "EQTL.GWAS.Z NSNP NWGT MODEL MODELCV.R2 MODELCV.PV TWAS.Z TWAS.P COLOC.PP0 COLOC.PP1 "
    "COLOC.PP2 COLOC.PP3 COLOC.PP4 PERM.PV PERM.N PERM.ANL_PV",
    "SMR": "probeID ProbeChr Gene Probe_bp topSNP topSNP_chr topSNP_bp A1 A2 Freq b_GWAS se_GWAS "
    "p_GWAS b_eQTL se_eQTL p_eQTL b_SMR se_SMR p_SMR p_SMR_multi p_HEIDI nsnp_HEIDI",
    "FOCUS": "block ens_gene_id ens_tx_id mol_name tissue ref_name type chrom tx_start tx_stop "
    "block_genes trait inference_pop1 inter_z_pop1 cv.R2_pop1 cv.R2.pval_pop1 ldregion_pop1 "
    "twas_z_pop1 pips_pop1 in_cred_set_pop1",
    "S-MultiXcan": "gene gene_name pvalue n n_indep p_i_best t_i_best p_i_worst t_i_worst "
    "eigen_max eigen_min eigen_min_kept z_min z_max z_mean z_sd tmi status",
    "MAGMA": "GENE CHR START STOP NSNPS NPARAM N ZSTAT P",
    "UTMOST joint test": "gene test_score p_value",
    "FUSION post-processing": "FILE ID TWAS.Z TWAS.P JOINT.BETA JOINT.BETA.SE JOINT.Z JOINT.P",
    "table": "symbol z tissue",
    "p-values only": "gene p",
    "GWAS": "#CHROM POS ID REF ALT A1 TEST OBS_CT BETA SE T_STAT P",
}
HEADERS = {name: text.replace(",", " ").split() for name, text in HEADERS.items()}
REFUSED = [
    *("S-MultiXcan", "MAGMA", "UTMOST joint test", "FUSION post-processing", "p-values only"),
    "GWAS",
]
#: What tools and archives of GWAS call the columns of a SNP.
GWAS = {
    "GWAS-SSF": "chromosome base_pair_location effect_allele other_allele beta standard_error "
    "effect_allele_frequency p_value rsid n",
    "LDSC": "SNP A1 A2 Z N",
    "REGENIE": "CHROM GENPOS ID ALLELE0 ALLELE1 A1FREQ N TEST BETA SE CHISQ LOG10P EXTRA",
    "SAIGE": "CHR POS MarkerID Allele1 Allele2 AC_Allele2 BETA SE Tstat p.value",
    "METAL": "MarkerName Allele1 Allele2 Effect StdErr P-value Direction",
    "BOLT-LMM": "SNP CHR BP GENPOS ALLELE1 ALLELE0 A1FREQ BETA SE P_BOLT_LMM_INF",
    "PGC": "CHR SNP BP A1 A2 FRQ_A_1 FRQ_U_2 INFO OR SE P",
    "FinnGen": "#chrom pos ref alt rsids nearest_genes pval mlogp beta sebeta af_alt",
    "GWAS-VCF": "#CHROM POS ID REF ALT QUAL FILTER INFO FORMAT trait",
}


@pytest.mark.parametrize("name", GWAS)
def test_snps_are_no_genes(name, tmp_path):
    (tmp_path / "gwas.txt").write_text(
        "\t".join(GWAS[name].split()) + "\n" + "\t".join("1" for _ in GWAS[name].split()) + "\n"
    )
    with pytest.raises(RefusedError, match=r"is a GWAS\. Give it to `twas-divergence impute`"):
        read_table(tmp_path / "gwas.txt")


def test_genes_with_the_alleles_of_their_top_snp_are_genes():
    header = ["Gene", "topSNP", "A1", "A2", "z"]
    assert recognise(header).name == "table"
    named = ["Probe", *header[1:]]
    assert recognise(named).name == "GWAS"
    assert recognise(named, {"gene": "Probe"}).name == "table"


def test_a_gwas_with_the_nearest_gene_is_no_question_of_one_value(tmp_path):
    genes = ["MTOR", "TSC1", "RHEB", "AKT1", "TSC2"]
    alleles = ["A\tC", "C\tG", "G\tT", "T\tA"]
    rows = [f"rs{i}\t{genes[i % 5]}\t{alleles[i % 4]}\t{(-1) ** i}\t9" for i in range(50)]
    (tmp_path / "near.txt").write_text("\n".join(["rsid\tgene\tref\talt\tbeta\tse", *rows]))
    with pytest.raises(DataError, match="it is a GWAS, and `twas-divergence impute`"):
        read_trait(tmp_path / "near.txt", name="A")


@pytest.mark.parametrize("name", HEADERS)
def test_recognised(name):
    assert recognise(HEADERS[name]).name == name


@given(st.sampled_from(sorted(HEADERS)), st.randoms())
def test_order_and_case_do_not_matter(name, random):
    header = [random.choice([str.upper, str.lower, str])(column) for column in HEADERS[name]]
    random.shuffle(header)
    assert recognise(header).name == name


@pytest.mark.parametrize("name", REFUSED)
def test_refusals_name_the_file_to_give(name):
    refusal = recognise(HEADERS[name]).refusal
    assert "ive " in refusal
    assert "\n" not in refusal


def test_every_column_of_the_table_is_canonical():
    names = [form.name for form in FORMATS]
    assert len(set(names)) == len(names)
    for form in FORMATS:
        assert set(form.columns) <= {*TEXT_COLUMNS, *NUMBER_COLUMNS}
        accepted = [name for group in form.columns.values() for name in group]
        accepted += [name for group in form.needs for name in group]
        assert all(normalise(name) == name for name in accepted)
        assert form.refusal or "z" in form.columns or "beta" in form.columns


def test_columns_of_fusion():
    header = HEADERS["FUSION"]
    places = assign(recognise(header), header)
    named = {column: header[place] for column, place in places.items()}
    assert named == {
        "gene": "ID",
        "tissue": "PANEL",
        "weights": "FILE",
        "z": "TWAS.Z",
        "n_snps": "NSNP",
        "n_snps_model": "NWGT",
        "r2": "MODELCV.R2",
        "pp4": "COLOC.PP4",
        "p": "TWAS.P",
    }


def test_an_ensembl_column_is_the_gene_and_gene_the_symbol():
    header = ["gene", "z", "ensembl_gene_id"]
    assert assign(recognise(header), header) == {"gene": 2, "symbol": 0, "z": 1}


def test_names_of_the_user_win():
    header = ["locus", "Zmeta", "zscore", "gene"]
    columns = {"gene": "locus", "z": "Zmeta"}
    form = recognise(header, columns)
    places = assign(form, header, columns)
    assert (places["gene"], places["z"]) == (0, 1)
    assert recognise(["locus", "Zmeta"]) is None
    assert recognise(["locus", "Zmeta"], columns).name == "table"


@pytest.mark.parametrize("name", ["S-MultiXcan", "MAGMA"])
def test_naming_a_column_does_not_make_it_signed(name):
    columns = {"z": "z_mean" if name == "S-MultiXcan" else "ZSTAT"}
    assert recognise(HEADERS[name], columns).refusal


def test_unknown_keys_of_columns_are_a_usage_error():
    with pytest.raises(UsageError, match="`columns` foo"):
        Choices({"foo": "bar"})


def test_a_needed_column_that_occurs_twice():
    header = ["gene", "zscore", "zscore"]
    with pytest.raises(DataError, match="'zscore' occurs 2 times"):
        assign(recognise(header), header)


@pytest.mark.parametrize("header", [[], [""], ["z"], ["gene"], ["gene", "beta"], ["gene", "chr"]])
def test_not_recognised(header):
    assert recognise(header) is None
