"""The synthetic machines, by name."""

from offkey.synthetic.machines.fan import Fan
from offkey.synthetic.machines.machine import Machine
from offkey.synthetic.machines.pump import Pump
from offkey.synthetic.machines.slider import Slider
from offkey.synthetic.machines.valve import Valve

__all__ = ["MACHINES", "Fan", "Machine", "Pump", "Slider", "Valve"]

MACHINES: dict[str, type[Machine]] = {machine.name: machine for machine in (Fan, Pump, Slider, Valve)}
