// Runs dependency-cruiser and makes sure that it saw everything: with a TypeScript it cannot use it
// sees no .ts file and still reports success.
import { readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { cruise } from 'dependency-cruiser'

const { options, ...ruleSet } = createRequire(import.meta.url)('../.dependency-cruiser.cjs')
const { output } = await cruise(['src'], { ...options, ruleSet, validate: true, outputType: 'json' })
const { modules, summary } = JSON.parse(output)

const seen = new Map(modules.map((each) => [each.source, each.dependencies.length]))
const files = readdirSync('src', { recursive: true })
  .map((name) => `src/${name.replaceAll('\\', '/')}`)
  .filter((name) => /\.(ts|vue)$/.test(name))
const missed = files.filter((name) => !seen.has(name))
const screens = files.filter((name) => name.endsWith('.vue'))
const blindToVue = screens.length > 3 && screens.every((name) => seen.get(name) === 0)

for (const each of summary.violations) console.error(`${each.rule.name}: ${each.from} -> ${each.to}`)
if (missed.length > 0) console.error(`Not seen, so not checked: ${missed.join(', ')}`)
if (blindToVue) console.error('No import of any .vue file was seen')
if (missed.length > 0 || blindToVue || summary.error > 0 || files.length === 0) process.exit(1)
console.log(`${files.length} files, ${summary.totalDependenciesCruised} imports, every arrow points down`)
