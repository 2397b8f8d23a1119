"""The API: tokens and their door, problems, keys against doing a thing twice, and how a room declares what it shows.

A room's `api.py` lists its collections (`clinic.api.declaring`); `clinic.api.routes` says who may use which.
"""
