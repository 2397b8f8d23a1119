"""Papers of the infusion room as PDF (ADR 14)."""
