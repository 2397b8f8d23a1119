"""The record as FHIR R4 (docs/fhir.md).

`resources` turn one record into one resource, and are pure; `catalog` says which records each type comes from, who may
read it and how it is searched; `search` reads a query; `pages` fetches; `views` are the doors. `exports` makes a file
of one whole record, `paper` prints it.
"""
