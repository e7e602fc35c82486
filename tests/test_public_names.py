"""What the packages show, how their objects print, and what they say to a wrong argument."""

import threading

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest

import pathways
import twas
from pathways.gene_sets import check_gene_sets
from pathways.report.figures.save import draw, render
from pathways.report.figures.style import style
from tests.pathways.report.conftest import make_results, some_sets
from twas.errors import UsageError
from twas.genes import reference
from twas.traits.trait import Trait

FRAME = pd.DataFrame(
    {"gene": reference.load()["symbol"].iloc[1000:1300], "z": np.linspace(-3, 3, 300)}
)


@pytest.fixture(scope="module")
def results():
    traits = {f"trait{k}": {"n_eff": 1000 + k} for k in range(2)}
    return make_results(traits, some_sets([f"set {k}" for k in range(40)]), flips=50)


@pytest.fixture(scope="module")
def study():
    return twas.Study.from_traits([Trait.from_frame(FRAME, name="A")])


@pytest.mark.parametrize("package", [twas, pathways])
def test_dir_shows_the_public_names_and_each_is_there(package):
    assert dir(package) == sorted(package.__all__)
    for name in dir(package):
        assert getattr(package, name) is not None


def test_each_repr_fits_a_screen(results, study):
    shown = [
        results,
        results.study,
        results.quality,
        study,
        study.members[0],
        study.quality,
        pathways.load_gene_sets("core"),
        check_gene_sets("core"),
    ]
    for thing in shown:
        lines = repr(thing).splitlines()
        assert len(lines) <= 24, type(thing)
        assert sum(len(line) // 100 + 1 for line in lines) <= 24, type(thing)
        assert type(thing).__name__ in lines[0]


CORE = {"x": ["MTOR", "TSC1"]}


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda s: pathways.analyse([s], pathways.load_gene_sets(CORE)), "study must be a Study"),
        (lambda s: pathways.analyse(s.members[0], pathways.load_gene_sets(CORE)), "not Trait"),
        (lambda s: pathways.analyse(s, "core"), "gene_sets must be GeneSets, not 'core': load_gen"),
        (lambda s: pathways.analyse(s, ["core"]), "gene_sets must be GeneSets, not 'core'"),
        (lambda s: pathways.analyse(s, FRAME), "gene_sets must be GeneSets, not DataFrame"),
        (lambda s: pathways.analyse(s, None), "gene_sets must be GeneSets, not NoneType"),
        (lambda s: pathways.analyse(s, []), "gene_sets is empty"),
        (lambda s: pathways.analyse(s, pathways.load_gene_sets(CORE), seed=-1), "seed must be a"),
        (lambda s: pathways.analyse(s, pathways.load_gene_sets(CORE), seed=1.5), "seed must be a"),
        (lambda s: twas.Study.from_traits(FRAME), "not of DataFrame: read_trait"),
        (lambda s: twas.Study.from_traits([FRAME]), "not of DataFrame: read_trait"),
        (lambda s: twas.Study.from_traits("als.csv"), "not of str: read_trait"),
        (lambda s: pathways.read_results(FRAME), "folder must be the path"),
        (lambda s: pathways.load_gene_sets(["MTOR"]), "a name, a file, a DataFrame or a mapping"),
    ],
)
def test_a_wrong_argument_is_told_what_to_pass(study, call, words):
    with pytest.raises(UsageError) as error:
        call(study)
    assert words in str(error.value)
    assert "\n" not in str(error.value)


def test_a_plot_of_what_is_not_there_names_what_is(results):
    for options, words in (
        ({"pathway": "set 41"}, "did you mean 'set 4"),
        ({"collection": "core"}, "collection 'core' is not in the results"),
        ({"pair": ("trait0", "x")}, "pair ('trait0', 'x') is not in the results"),
    ):
        with pytest.raises(UsageError) as error:
            results.plot.genes(**options)
        assert words in str(error.value)
    with pytest.raises(AttributeError, match="there are activity"):
        results.plot.nothing()


def test_threads_that_draw_leave_the_settings_as_they_were(results):
    before = dict(mpl.rcParams)
    inside, go_on = threading.Event(), threading.Event()

    def first():
        with style():
            inside.set()
            go_on.wait(10)

    def second():
        with style():
            assert mpl.rcParams["svg.fonttype"] == "none"

    one, two = threading.Thread(target=first), threading.Thread(target=second)
    one.start()
    assert inside.wait(10)
    two.start()
    two.join(0.2)
    assert two.is_alive()  # it waits for the first
    go_on.set()
    one.join(10)
    two.join(10)
    assert dict(mpl.rcParams) == before


def test_figures_drawn_at_once_are_those_drawn_alone(results):
    from pathways.report.figures.activity import activity

    alone = render(draw(activity, results), "svg")
    found = []
    threads = [
        threading.Thread(target=lambda: found.append(render(draw(activity, results), "svg")))
        for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert found == [alone] * 3
