"""What the collections of this room have in common."""

from rest_framework import serializers

OF, BY = {"patient": serializers.UUIDField(required=False)}, {"patient": "patient_id"}
