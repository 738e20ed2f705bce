"""One folder as a checkout of the head: scan, drift, checkout record and sync."""

from lattice_console.workspace.checkout import Checkout, FileStatus, touched
from lattice_console.workspace.proposal import Baseline
from lattice_console.workspace.restore import RestoreReport, Saved
from lattice_console.workspace.scan import Untrackable
from lattice_console.workspace.source import DocumentSource, Source
from lattice_console.workspace.sync import SyncReport

__all__ = [
    "Baseline",
    "Checkout",
    "DocumentSource",
    "FileStatus",
    "RestoreReport",
    "Saved",
    "Source",
    "SyncReport",
    "Untrackable",
    "touched",
]
