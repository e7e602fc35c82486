"""The gene level: TWAS files of one or more traits become one study."""

from twas.errors import DataError, TwasError, UsageError
from twas.study import Study, Universe
from twas.trait import Trait, parse_n_eff, read_trait

__all__ = [
    "DataError",
    "Study",
    "Trait",
    "TwasError",
    "Universe",
    "UsageError",
    "parse_n_eff",
    "read_trait",
]
