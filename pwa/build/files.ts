/** What the build wrote, as the service worker and the size check need to know it. */
import type { Rolldown } from 'vite'

type Bundle = Rolldown.OutputBundle

/** Every file that an entry page needs, followed from its own chunk. `dynamic` also follows what is
 *  loaded later. The page itself is not in it. */
export function filesOf(bundle: Bundle, page: string, dynamic: boolean): string[] {
  const entry = Object.values(bundle).find(
    (file) => file.type === 'chunk' && file.isEntry && file.facadeModuleId?.endsWith(`/${page}`),
  )
  if (!entry) throw new Error(`The build has no entry ${page}`)
  const found = new Set<string>()
  const follow = (name: string): void => {
    const file = bundle[name]
    if (!file || found.has(name)) return
    found.add(name)
    if (file.type !== 'chunk') return
    for (const style of file.viteMetadata?.importedCss ?? []) found.add(style)
    for (const asset of file.viteMetadata?.importedAssets ?? []) found.add(asset)
    file.imports.forEach(follow)
    if (dynamic) file.dynamicImports.forEach(follow)
  }
  follow(entry.fileName)
  return [...found].sort()
}
