"""Runs in .venv/x12, by itself: reads documents as JSON from standard input, says what an independent reader sees.

For each document: the segments of each transaction as (name, elements), or the error.
"""

import json
import sys

from linuxforhealth.x12.io import X12ModelReader


def seen(model):
    """Every segment below a model, in its order, with the values that are there."""
    if isinstance(model, list):
        return [one for part in model for one in seen(part)]
    if not isinstance(model, dict):
        return []
    if "segment_name" in model:
        elements = {key: value for key, value in model.items() if key not in ("segment_name", "delimiters")}
        return [[model["segment_name"], {key: value for key, value in elements.items() if value is not None}]]
    return [one for part in model.values() for one in seen(part)]


def read(document):
    try:
        with X12ModelReader(document) as reader:
            return [[type(model).__name__, seen(model.dict())] for model in reader.models()]
    except Exception as error:
        return {"error": f"{type(error).__name__}: {error}"[:300]}


json.dump({name: read(document) for name, document in json.load(sys.stdin).items()}, sys.stdout, default=str)
