/** Writes .gz and .br beside each text file of dist, so that the server never compresses. */
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import type { Plugin } from 'vite'

const brotli = promisify(brotliCompress)
const zip = promisify(gzip)
const WORTH_IT = /\.(html|js|css|svg|json|webmanifest)$/
const AT_LEAST = 512

export function compress(): Plugin {
  let folder = ''
  return {
    name: 'suifang-compress',
    apply: 'build',
    configResolved(config) {
      folder = join(config.root, config.build.outDir)
    },
    closeBundle: {
      order: 'post',
      sequential: true,
      async handler(error?: Error) {
        if (error) return
        const names = await readdir(folder, { recursive: true })
        for (const name of names.filter((each) => WORTH_IT.test(each))) {
          const bytes = await readFile(join(folder, name))
          if (bytes.length < AT_LEAST) continue
          await writeFile(join(folder, `${name}.gz`), await zip(bytes, { level: 9 }))
          const params = { [constants.BROTLI_PARAM_QUALITY]: 11 }
          await writeFile(join(folder, `${name}.br`), await brotli(bytes, { params }))
        }
      },
    },
  }
}
