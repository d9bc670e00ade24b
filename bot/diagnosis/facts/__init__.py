"""What is known of one subject: a module for each kind of thing, each a plain function of `bot.aws.facts.Facts`.

Everything here may be called many times with more and more answers; what can't be known yet, or at all, is None.
"""
