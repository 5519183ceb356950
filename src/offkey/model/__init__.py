"""The whole that users hold: front end, detector and decision, fitted together, and their file."""

from offkey.model.config import ModelConfig
from offkey.model.extract_clips import extract
from offkey.model.fitted_on import FittedOn
from offkey.model.fitting.fit_clips import fit
from offkey.model.model import Model
from offkey.model.model_file import load_model as load
from offkey.model.result import Failed, Result, Scored
from offkey.model.results import Results

__all__ = ["Failed", "FittedOn", "Model", "ModelConfig", "Result", "Results", "Scored", "extract", "fit", "load"]
