"""What can be told before a run: plan, forecast, the machine."""
