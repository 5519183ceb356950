"""The training loop: batches, a loss and options in, a trained module and its history out.

>>> from offkey.learned.training import TrainingOptions, train
"""

from offkey.learned.training.batches import ArrayBatches
from offkey.learned.training.history import History
from offkey.learned.training.loop import seeded, train
from offkey.learned.training.options import TrainingOptions

__all__ = ["ArrayBatches", "History", "TrainingOptions", "seeded", "train"]
