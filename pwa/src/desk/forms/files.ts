/** The three files of a form, from whatever somebody has chosen. */
import type { DraftFiles } from '../actions/drafts'

const NAMES: { readonly [name: string]: keyof DraftFiles | undefined } = { 'form.json': 'form', 'data.schema.json': 'schema', 'ui.json': 'ui' }

/** Which of the files are still missing, or what cannot be read. */
export type Chosen = { readonly files: DraftFiles } | { readonly missing: readonly string[] } | { readonly unreadable: string }

export async function readChosen(files: Iterable<Pick<File, 'name' | 'text'>>): Promise<Chosen> {
  const found: Partial<Record<keyof DraftFiles, unknown>> = {}
  for (const file of files) {
    const part = NAMES[file.name]
    if (part === undefined) continue
    try {
      found[part] = JSON.parse(await file.text()) as unknown
    } catch {
      return { unreadable: file.name }
    }
  }
  const missing = Object.entries(NAMES).flatMap(([name, part]) => (part !== undefined && part in found ? [] : [name]))
  if (missing.length > 0) return { missing }
  return { files: { form: found.form, schema: found.schema, ui: found.ui } }
}
