"""The subcommands of `backup-why`, one module each: arguments in, the rooms' functions called, a page out."""
