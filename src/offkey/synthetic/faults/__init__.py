"""The faults of the synthetic machines, by name."""

from offkey.synthetic.faults.bearing import Bearing
from offkey.synthetic.faults.cavitation import Cavitation
from offkey.synthetic.faults.clogging import Clogging
from offkey.synthetic.faults.fault import AddedFault, Fault, FaultSound
from offkey.synthetic.faults.imbalance import Imbalance
from offkey.synthetic.faults.leak import Leak
from offkey.synthetic.faults.misalignment import Misalignment
from offkey.synthetic.faults.missing_stroke import MissingStroke
from offkey.synthetic.faults.rail_damage import RailDamage
from offkey.synthetic.faults.rattle import Rattle
from offkey.synthetic.faults.squeal import Squeal

__all__ = ["FAULTS", "AddedFault", "Fault", "FaultSound", "MissingStroke"]

FAULTS: dict[str, Fault] = {
    fault.name: fault
    for fault in (
        Imbalance(),
        Misalignment(),
        Bearing(),
        Leak(),
        Cavitation(),
        Rattle(),
        Squeal(),
        Clogging(),
        RailDamage(),
        MissingStroke(),
    )
}
