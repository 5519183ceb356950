"""From recordings to a model: training set, extraction, near copies, detector, calibration, reference."""
