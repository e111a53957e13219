/** Finding people: the index is made when somebody is looked for, not while the phone opens. */
import type { People } from '../../residents/model'
import { buildIndex, search, type Found, type SearchIndex } from '../../residents/rules/search'
import { theWorld } from './world'

const made = new WeakMap<People, SearchIndex>()

export function find(text: string): Found[] {
  const { people } = theWorld()
  const index = made.get(people) ?? buildIndex(people.residents.values(), people.households)
  made.set(people, index)
  return search(index, text)
}
