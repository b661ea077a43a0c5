"""Judging, not consolidating: agreement, workers, known answers, calibration."""
