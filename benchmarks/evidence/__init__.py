"""Genotype-based benchmark of the tests and of their peers; `python -m benchmarks.evidence`.

``genotypes`` simulates people, ``models`` trains expression models on a panel of them, ``gwas``
draws z-scores, ``sets`` and ``worlds`` say what is tested and what is true, ``ours`` and ``peers``
run the methods, ``summary`` counts, ``report`` writes ``docs/evidence.md``.
"""
