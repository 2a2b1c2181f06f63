"""Four published analyses of why care rates differ between places, re-run."""

__version__ = "0.3.0"
