"""What this deployment chooses: settings, policy, rules as data, the words every layer shares."""
