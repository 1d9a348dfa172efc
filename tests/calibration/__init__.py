"""Fits the weights by which confidences become probabilities, and measures how honest they are."""
