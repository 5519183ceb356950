"""A model leaves Python: front end, detector and decision in a folder that can be checked where it runs.

>>> from offkey.export import check_export, export_model
>>> export_model(model, "pump7-edge").folder
PosixPath('pump7-edge')
>>> check_export("pump7-edge").agrees
True
"""

from offkey.export.check import Checked, check_export
from offkey.export.exporting import Exported, export_model

__all__ = ["Checked", "Exported", "check_export", "export_model"]


def __dir__() -> list[str]:
    return __all__
