/** For tests and the development server: a bundle as publishing would join it from `schemas/`. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import type { Programme } from '../src/followups/model'
import type { CodeList, FormBundle, FormInfo, JsonSchema, Ui } from '../src/forms/model'

const schemas = new URL('../../schemas/', import.meta.url)

// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- the caller knows its file
function read<T>(path: string): T {
  return JSON.parse(readFileSync(new URL(path, schemas), 'utf-8')) as T
}

export function readProgramme(key: string): Programme {
  return read<Programme>(`programmes/${key}.json`)
}

function codeNames(ui: Ui): Set<string> {
  return new Set([...JSON.stringify(ui).matchAll(/"codes":"([a-z0-9_]+)"/g)].map((m) => m[1] ?? ''))
}

const memo = new Map<string, FormBundle | null>()

/** The newest version, which is the one that phones are offered; 0 where there is no such form. */
function newest(key: string): number {
  const folder = new URL(`forms/${key}/`, schemas)
  return existsSync(folder) ? Math.max(...readdirSync(folder).map(Number)) : 0
}

/** Null where there is no such form. */
export function readBundle(key: string, version = newest(key)): FormBundle | null {
  const name = `forms/${key}/${String(version)}`
  const known = memo.get(name)
  if (known !== undefined) return known
  const bundle = existsSync(new URL(name, schemas)) ? join(name) : null
  memo.set(name, bundle)
  return bundle
}

function join(folder: string): FormBundle {
  const ui = read<Ui>(`${folder}/ui.json`)
  const codes = Object.fromEntries([...codeNames(ui)].map((name) => [name, read<CodeList>(`common/codes/${name}.json`)]))
  const form = read<FormInfo>(`${folder}/form.json`)
  return { key: form.key, version: form.version, form, schema: read<JsonSchema>(`${folder}/data.schema.json`), ui, codes }
}
