"""What will be denied, before it is: jobs that are planned are examined in all layers as failed ones are.

A planned job is a job without an id, a message and a trail. What it needs, how that is evaluated and how a fix is
verified is `bot.diagnosis`; here stands only which jobs a plan, a selection, a restore or a role will lead to.
"""
