"""Taking patients from other systems.

`source` opens what was given, `synthea`, `sheet` and `fhir` read it into the neutral rows of `rows`, `taking` writes
one patient after the other, `jobs` keeps the run and its report. Rooms to the right take their own rows: `sections`.
"""
