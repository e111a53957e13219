import { createApp } from 'vue'
import { followSession } from '../accounts/actions'
import { connect } from '../api/server'
import { applyTextSize } from '../ui/text_size'
import App from './App.vue'
import { start } from './actions/open'
import { startVersions } from './actions/version'
import { listenForInstall } from './actions/install'
import './capture.css'
import { followAddress } from './route'

connect('capture')
followSession()
applyTextSize()
followAddress()
// Nobody was here before: the sign-in comes first, and need not wait for the disk to say so.
if (!(navigator.serviceWorker as ServiceWorkerContainer | undefined)?.controller) import('./views/WelcomeView.vue').catch(() => undefined)
// Until it is known how this phone stands, the page says that it opens.
void start().finally(() => createApp(App).mount('#app'))
listenForInstall()
if (import.meta.env.PROD) void startVersions()
