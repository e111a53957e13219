/** First load of each entry, gzip, measured at every build: above its budget the build fails. */
import { gzipSync } from 'node:zlib'
import type { Plugin, Rolldown } from 'vite'
import { filesOf } from './files.ts'

/** Bytes of JS and CSS a page loads before it shows something. No figure: printed, not limited. */
export type Budgets = Record<string, number | null>

export function budget(budgets: Budgets): Plugin {
  return {
    name: 'suifang-budget',
    apply: 'build',
    writeBundle(_options, bundle) {
      const lines: string[] = []
      const above: string[] = []
      for (const [page, limit] of Object.entries(budgets)) {
        const files = filesOf(bundle, page, false).filter((name) => /\.(js|css)$/.test(name))
        const sizes = files.map((name) => [name, gzipSync(text(bundle[name])).length] as const)
        const total = sizes.reduce((sum, [, size]) => sum + size, 0)
        lines.push(`${page}: ${kb(total)}${limit === null ? '' : ` of ${kb(limit)}`} gzip`)
        for (const [name, size] of sizes) lines.push(`    ${kb(size).padStart(9)}  ${name}`)
        if (limit !== null && total > limit) above.push(`${page} loads ${kb(total)}, more than ${kb(limit)}`)
      }
      console.log(`\nFirst load\n${lines.join('\n')}\n`)
      if (above.length > 0) throw new Error(above.join('; '))
    },
  }
}

function text(file: Rolldown.OutputAsset | Rolldown.OutputChunk | undefined): string | Uint8Array {
  if (!file) throw new Error('A file of the bundle is missing')
  return file.type === 'chunk' ? file.code : file.source
}

function kb(bytes: number): string {
  return `${(bytes / 1000).toFixed(1)} KB`
}
