"""The demo clinic: two sites, their staff and patients in every stage, made by calling the verbs with a moved clock."""
