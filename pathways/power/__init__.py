"""Before anything is run: the power of a planned study, and simulated files to try it on."""

from pathways.power.design import Design, Loci
from pathways.power.plan import Plan, plan
from pathways.power.worlds import World, simulate_world, write_world
from pathways.power.writing import plan_json, write_plan

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
