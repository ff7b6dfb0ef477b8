"""Real processes racing on one case, one meeting and one log: exactly one wins and nothing is lost."""
