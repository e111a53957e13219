/** What the form screen tells the fields below it. */
import type { InjectionKey, Ref } from 'vue'

/** Pages whose missing answers are shown. */
export const TRIED: InjectionKey<Ref<ReadonlySet<string>>> = Symbol('pages tried')
