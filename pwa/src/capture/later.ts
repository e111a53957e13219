/** Screens that come after the first look. The service worker keeps all of them; without it they are fetched. */
import { defineAsyncComponent, type Component } from 'vue'
import PartLacking from './views/PartLacking.vue'

/** A screen of its own file; where that cannot be fetched, what to do is said in its place. */
export function later(load: () => Promise<Component>): Component {
  return defineAsyncComponent({ loader: load, errorComponent: PartLacking, delay: 0 })
}
