"""Backbones by name. Every backbone maps [N,3,H,W] to [N,channels,H/stride,W/stride]."""

from .compact import Compact
from .registry import NAMES, Squashed, UnknownArchitecture, build

__all__ = ["NAMES", "Compact", "Squashed", "UnknownArchitecture", "build"]
