"""Papers as PDF (ADR 14): the sheet, its fonts, and how a file is handed out."""
