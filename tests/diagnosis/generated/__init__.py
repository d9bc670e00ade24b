"""Incidents that are built rather than recorded: for every cause, job type and resource type that can meet.

What an incident must come out as is derived from the contract of causes, from what AWS documents that a job needs and
from AWS's managed policies, and proven with the naive evaluator; nothing here looks at how the diagnosis works.

`names`, `world`     made-up ids, and an organization with accounts, roles, keys and vaults
`kinds`              the resource types
`needs`, `rows`      what each job calls, and the actions as a person writes them into a policy
`roles`              the policies of job roles: AWS's own, cut copies of them, hand-written ones
`scene`, `starting`  one job in its world with what is expected of it; the healthy jobs
`calls`              the requests that a job makes
`conditions`         conditions that hold for a job's requests and ones that do not
`breaking_…`         breaks one thing and expects the cause
`innocent`           policies that look guilty and let the job through
`messages`           what AWS says of a failure
`lines`, `proof`     hold an expectation against the naive evaluator
`steps`, `cases…`    put incidents together, and list them
"""
