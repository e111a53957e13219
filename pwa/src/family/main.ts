/// The mother's page: a link, a child, a plan.
import { createApp } from 'vue'
import { connectOpen } from '../api/server'
import { registerWorker, takeOver } from '../sw/register'
import { applyTextSize } from '../ui/text_size'
import '../ui/ui.css'
import { open } from './actions'
import App from './App.vue'
import './family.css'
import { tokenOf } from './rules'

connectOpen()
applyTextSize()

const token = tokenOf(location.hash)
// The token is a key: it does not stay in the address bar, the history or a screenshot.
if (location.hash !== '') history.replaceState(null, '', location.pathname)

createApp(App).mount('#app')
void open(token)
addEventListener('hashchange', () => {
  const next = tokenOf(location.hash)
  history.replaceState(null, '', location.pathname)
  if (next !== null) void open(next)
})
if (!import.meta.env.DEV) {
  registerWorker('/family/')
    // Nothing here is asked for later, so a new version may take over at once; the next visit shows it.
    .then((registration) => registration && takeOver(registration))
    // Without the worker the page works all the same, only not without network.
    .catch(() => undefined)
}
