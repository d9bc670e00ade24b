"""An AWS to try things on: an estate file served over AWS's own wire protocols."""
