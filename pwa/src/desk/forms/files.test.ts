import { expect, it } from 'vitest'
import { readChosen } from './files'

const file = (name: string, text: string) => ({ name, text: () => Promise.resolve(text) })
const all = [file('form.json', '{"key":"x"}'), file('data.schema.json', '{}'), file('ui.json', '{"pages":[]}'), file('notes.txt', 'hello')]

it('takes the three files of a form and leaves others alone', async () => {
  expect(await readChosen(all)).toEqual({ files: { form: { key: 'x' }, schema: {}, ui: { pages: [] } } })
})

it('names what is missing, or what is no JSON', async () => {
  expect(await readChosen(all.slice(0, 1))).toEqual({ missing: ['data.schema.json', 'ui.json'] })
  expect(await readChosen([...all.slice(0, 2), file('ui.json', '{')])).toEqual({ unreadable: 'ui.json' })
})
