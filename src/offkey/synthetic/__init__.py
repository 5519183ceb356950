"""A small plant of synthetic machines with faults: clips whose truth is known.

`Plant` draws clips of four machines, normal or with a fault at a chosen severity, domain and
signal-to-noise ratio; `write_dataset` writes them in the layout of a published data set; `mix_fault`
puts a fault into any recording.
"""

from offkey.synthetic.clip import FaultTruth, SyntheticClip
from offkey.synthetic.dataset import write_dataset
from offkey.synthetic.mixing import mix_fault
from offkey.synthetic.orders import Counts
from offkey.synthetic.plant import LOADS, Plant, faults, machines

__all__ = [
    "LOADS",
    "Counts",
    "FaultTruth",
    "Plant",
    "SyntheticClip",
    "faults",
    "machines",
    "mix_fault",
    "write_dataset",
]
