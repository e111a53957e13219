/** For tests: the growth tables are there before the first one runs, as on a phone that has opened. */
import { loadGrowth } from './growth'

await loadGrowth()
