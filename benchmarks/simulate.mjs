// Answers request lines with @cloud-copilot/iam-simulate, which reads every document anew, and prints how many a second
// of the process's CPU time. `node simulate.mjs LINES`; benchmarks/evaluator.py installs the package and runs it.
import { readFileSync } from 'node:fs'
import { runSimulation } from '@cloud-copilot/iam-simulate'

const levels = (given) => (given ?? []).map((policies, level) => ({ orgIdentifier: `level-${level}`, policies }))

const simulation = (line) => ({
  request: {
    principal: line.principal,
    action: line.action,
    resource: { resource: line.resource, accountId: line.resource_account },
    contextVariables: line.context,
  },
  identityPolicies: line.identity_policies,
  permissionBoundaryPolicies: line.permission_boundaries,
  serviceControlPolicies: levels(line.service_control_policies),
  resourceControlPolicies: levels(line.resource_control_policies),
  resourcePolicy: line.resource_policy?.policy,
})

const lines = readFileSync(process.argv[2], 'utf8').trim().split('\n')
const [counted, decisions] = [lines.length - 60, {}]
let before
for (const [place, text] of lines.entries()) {
  if (place === 60) before = process.cpuUsage()
  const line = JSON.parse(text)
  const result = await runSimulation(simulation(line), { simulationMode: 'Strict' })
  if (result.resultType === 'error') throw new Error(JSON.stringify(result.errors))
  decisions[line.id] = result.overallResult
}
const { user, system } = process.cpuUsage(before)
console.log(JSON.stringify({ rate: counted / ((user + system) / 1e6), decisions }))
