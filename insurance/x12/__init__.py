"""X12 270 and 271 (005010X279A1): asking a payer for benefits, and reading what it answers. Pure: no database here."""
