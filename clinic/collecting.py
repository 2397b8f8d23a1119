"""What a server process has loaded is put aside, so that collecting garbage does not walk over it at every request."""

import gc

MANY = 10_000
"""So many new objects before Python looks for garbage. By itself it looks after 700: some forty times for one board."""


def settle() -> None:
    """Called once when everything is loaded: modules, models and routes live as long as the process.

    A full collection over them took 80 ms, in the middle of somebody's page. What a page makes goes with it without
    being collected (clinic/drawing.py), so to look seldom keeps little: a megabyte, for a twentieth of a page's time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(MANY, *gc.get_threshold()[1:])
