"""The array types of annotations: what shape they have, a docstring says."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Bool = NDArray[np.bool_]
Float = NDArray[np.float64]
Int = NDArray[np.int64]
#: Python texts.
Text = NDArray[np.object_]
