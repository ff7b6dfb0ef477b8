"""How a reminder goes out: one notifier for each channel."""
