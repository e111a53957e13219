/** Forms before they are published: what stands on the server, or in files somebody holds in the hand. */
import { server } from '../../api/server'
import type { Json, Text } from '../../api/wire'
import type { FormBundle } from '../../forms/model'

export interface Mistake { readonly place: string; readonly message: string }
export interface DraftLine {
  readonly key: string
  readonly version: number
  readonly title: Partial<Text>
  readonly published: boolean
  readonly mistakes: readonly Mistake[]
}
/** A bundle, or the mistakes that stand in its way. */
export interface Previewed { readonly bundle: FormBundle | null; readonly mistakes: readonly Mistake[] }
export interface Change {
  readonly kind: 'added' | 'removed' | 'changed'
  readonly path: string
  readonly label: Text
  readonly aspect: string
  readonly before: Json
  readonly after: Json
}
/** `form.json`, `data.schema.json` and `ui.json`. */
export interface DraftFiles { readonly form: unknown; readonly schema: unknown; readonly ui: unknown }

export async function listDrafts(): Promise<readonly DraftLine[]> {
  return (await server().get<{ items: DraftLine[] }>('/drafts', ['items'])).items
}

export function previewDraft(key: string, version: number): Promise<Previewed> {
  return server().get<Previewed>(`/drafts/${key}/${String(version)}`, ['bundle', 'mistakes'])
}

export function previewFiles(files: DraftFiles): Promise<Previewed> {
  return server().post<Previewed>('/drafts/preview', files, ['bundle', 'mistakes'])
}

export async function listChanges(key: string, before: number, after: number): Promise<readonly Change[]> {
  const query = `old=${String(before)}&new=${String(after)}`
  return (await server().get<{ items: Change[] }>(`/drafts/${key}/changes?${query}`, ['items'])).items
}
