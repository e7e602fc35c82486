"""The command `twas-divergence`: a group of commands, one file each."""

from __future__ import annotations

import os

import click

from pathways.commands.atlas import atlas
from pathways.commands.errors import Commands
from pathways.commands.impute import impute
from pathways.commands.inspect import inspect
from pathways.commands.lists import gene_sets, hypotheses
from pathways.commands.plot import plot
from pathways.commands.power import power
from pathways.commands.run import demo, run
from pathways.commands.simulate import simulate
from twas.system.process import one_thread, seldom_collected


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="twas-divergence")
def main() -> None:
    """Do two diseases push a biological pathway in opposite directions?

    Takes TWAS gene-level z-scores, tests signed gene sets, and reports the direction in each
    disease, the divergence between them, and whether the evidence is good enough to say so.
    """
    # Figures go to files; a backend that a notebook left behind would stop every import.
    os.environ["MPLBACKEND"] = "Agg"
    one_thread()
    click.get_current_context().with_resource(seldom_collected())


for command in (demo, run, inspect, plot, gene_sets, hypotheses, simulate, power, impute, atlas):
    main.add_command(command)
