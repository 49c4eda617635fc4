"""The reports: what is read from the metrics, and how it is put into words."""
