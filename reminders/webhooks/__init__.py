"""Telling other systems: events go out signed, from rows written in the transaction of what happened (ADR 41)."""
