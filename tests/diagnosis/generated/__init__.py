"""Incidents that are built rather than recorded: for every cause, job type and resource type that can meet.

What an incident must come out as is derived from the contract of causes, from what AWS documents that a job needs and
from AWS's managed policies, and proven with the naive evaluator; nothing here looks at how the diagnosis works.

`names`, `world`    made-up ids, and an organization with accounts, roles, keys and vaults
`kinds`, `needs`    the resource types, and what each job calls
`roles`             the policies of job roles: AWS's own, cut copies of them, hand-written ones
`scene`, `starting` one job in its world and what is expected of it; the healthy jobs
`conditions`        conditions that hold for a job's requests and ones that do not
`breaking_…`        breaks one thing and expects the cause
`innocent`          policies that look guilty and let the job through
`messages`          what AWS says of a failure
`proof`             holds an expectation against the naive evaluator
`cases`             the list
"""
