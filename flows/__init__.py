"""Prefect and nothing else: thin flows, deployments, schedules. Ids go in and out, never pixels, never names."""
