"""Backups: one encrypted file each, with what it holds written in front, and the way back into a fresh database.

Everything that the house keeps is in the database, pictures and papers too, so a backup is a dump of it (ADR 33).
"""
