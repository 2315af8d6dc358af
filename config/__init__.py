"""What this deployment chooses: settings, policy numbers, rules as data, and the words every layer shares."""
