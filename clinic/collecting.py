"""What a server process has loaded is put aside, so that collecting garbage does not walk over it at every request."""

import gc

MANY = 5_000
"""So many new objects before Python looks for garbage. By itself it looks after 700: some forty times for one board."""
OLDER = 2
"""So many such looks before it looks once more through what was there at the last; by itself after ten. A week of 648
visits still leaves 45,000 objects that know each other: with ten, at this threshold, they took 40 MB of a worker.
"""


def settle() -> None:
    """Called once when everything is loaded: modules, models and routes live as long as the process.

    A full collection over them took 80 ms, in the middle of somebody's page. What a page makes goes with it without
    being collected (clinic/drawing.py), so to look seldom keeps little: a megabyte, for a twentieth of a page's time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(MANY, OLDER, OLDER)
