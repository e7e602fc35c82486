"""Before anything is run: the power of a planned study, and simulated files to try it on."""

from pathways.planning.design import Design, Loci
from pathways.planning.plan import Plan, plan
from pathways.planning.worlds import World, simulate_world, write_world
from pathways.planning.writing import plan_json, write_plan

__all__ = [
    "Design",
    "Loci",
    "Plan",
    "World",
    "plan",
    "plan_json",
    "simulate_world",
    "write_plan",
    "write_world",
]
