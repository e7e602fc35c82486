"""Sphinx reads this: the site of docs/, built by ``sphinx-build -W -b html docs FOLDER``."""

from __future__ import annotations

from importlib.metadata import version as installed

project = "twas-divergence"
author = "The twas-divergence authors"
copyright = author
version = release = installed("twas-divergence")

extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx.ext.viewcode",
]
exclude_patterns = ["_build"]
html_theme = "furo"
html_title = f"twas-divergence {version}"
html_extra_path = ["evidence.tsv", "results.schema.json"]

# Links to headings of other pages are checked.
myst_heading_anchors = 3
myst_enable_extensions = ["deflist"]

# Notebooks are text, and executed at every build.
nb_execution_mode = "force"
nb_execution_raise_on_error = True
nb_execution_timeout = 100
nb_merge_streams = True

napoleon_google_docstring = False
autodoc_member_order = "bysource"
autodoc_typehints = "none"
autodoc_default_options = {"members": True}
