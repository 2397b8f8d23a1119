"""One record, one resource: each module is one pure function. What each of them leaves out is said in docs/fhir.md."""
