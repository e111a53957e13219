"""Pure decisions about accounts: access, passwords, codes, sessions, throttling."""
