"""Backbones by name. Every backbone maps [N,3,H,W] to [N,channels,H/stride,W/stride]."""

from .compact import Compact

__all__ = ["Compact"]
