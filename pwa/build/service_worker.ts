/** Builds /sw.js after the pages, with the list of files each scope keeps for use without network. */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { build, type Plugin } from 'vite'
import { filesOf } from './files.ts'

export interface Shell {
  /** Scope of the registration, such as '/capture/'. */
  scope: string
  /** Its page in the source tree, such as 'capture/index.html'. */
  page: string
  /** Files of `public/`, which the bundle does not know. */
  files: string[]
}

interface Kept {
  url: string
  revision: string | null
}

/**
 * @param source the worker
 * @param handIn what it loads to send while no page is open: a file of its own, so that a mother never fetches it
 */
export function serviceWorker(source: string, handIn: string, shells: Shell[]): Plugin {
  let root = ''
  let folder = ''
  return {
    name: 'suifang-service-worker',
    apply: 'build',
    configResolved(config) {
      root = config.root
      folder = join(config.root, config.build.outDir)
    },
    // writeBundle and not generateBundle: the pages are missing there.
    writeBundle: {
      order: 'post',
      sequential: true,
      async handler(_options, bundle) {
        const lists: Record<string, Kept[]> = {}
        for (const shell of shells) {
          const hashed = filesOf(bundle, shell.page, true).map((name) => ({ url: `/${name}`, revision: null }))
          const named = [shell.page, ...shell.files].map(async (name) => ({
            url: `/${name}`,
            revision: createHash('sha256').update(await readFile(join(folder, name))).digest('hex').slice(0, 16),
          }))
          lists[shell.scope] = [...hashed, ...(await Promise.all(named))]
        }
        const one = async (input: string, entryFileNames: string, define: Record<string, string>): Promise<string> => {
          const made = await build({
            configFile: false,
            root,
            publicDir: false,
            logLevel: 'warn',
            define: { ...define, 'process.env.NODE_ENV': '"production"' },
            build: {
              outDir: folder,
              emptyOutDir: false,
              target: ['chrome100', 'safari16.4', 'firefox115'],
              rolldownOptions: { input: join(root, input), output: { format: 'iife', entryFileNames } },
            },
          })
          const [file] = [made].flat().flatMap((each) => ('output' in each ? each.output : []))
          if (!file) throw new Error(`nothing was made of ${input}`)
          return file.fileName
        }
        const handInFile = await one(handIn, 'assets/hand_in-[hash].js', {})
        await one(source, 'sw.js', { __SHELLS__: JSON.stringify(lists), __HAND_IN__: JSON.stringify(`/${handInFile}`) })
      },
    },
  }
}
