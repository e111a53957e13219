/** Form versions and rules the desk needs to show records; immutable, so kept while the page is open. */
import { server } from '../../api/server'
import type { FormList, FormRef, Text } from '../../api/wire'
import type { Programme } from '../../followups/model'
import type { FormBundle } from '../../forms/model'

const bundles = new Map<string, Promise<FormBundle>>()
const programmes = new Map<string, Promise<Programme>>()

export function readBundle(key: string, version: number): Promise<FormBundle> {
  return keep(bundles, `${key}/${version}`, (name) => server().get<FormBundle>(`/forms/${name}`, ['form', 'ui', 'codes']))
}

/** The forms offered now, by key and title. */
export async function listForms(): Promise<{ key: string; title: Text }[]> {
  return [...(await readNewest()).values()].map(({ form }) => ({ key: form.key, title: form.title }))
}

/** The newest version of every form, by key. */
export async function readNewest(): Promise<ReadonlyMap<string, FormBundle>> {
  const forms = (await listRefs()).filter((each) => each.kind === 'form')
  const read = await Promise.all(forms.map((each) => readBundle(each.key, each.version)))
  return new Map(read.map((bundle) => [bundle.key, bundle]))
}

export async function listProgrammes(): Promise<Programme[]> {
  const refs = (await listRefs()).filter((each) => each.kind === 'programme')
  return Promise.all(
    refs.map(({ key, version }) =>
      keep(programmes, `${key}/${version}`, (name) => server().get<Programme>(`/rules/programme/${name}`, ['key', 'services'])),
    ),
  )
}

async function listRefs(): Promise<FormRef[]> {
  return (await server().get<FormList>('/forms', ['items'])).items
}

/** One that failed is asked for again the next time. */
function keep<T>(kept: Map<string, Promise<T>>, name: string, ask: (name: string) => Promise<T>): Promise<T> {
  const known = kept.get(name)
  if (known) return known
  const asked = ask(name)
  kept.set(name, asked)
  asked.catch(() => kept.delete(name))
  return asked
}
