"""Rules about facts and dimensions."""
