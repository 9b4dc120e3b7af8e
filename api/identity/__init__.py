"""Who asks: accounts, tokens, sessions and single sign-on; what they may do is `api.access`."""
