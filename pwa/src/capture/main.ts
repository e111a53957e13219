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
createApp(App).mount('#app')
void start()
listenForInstall()
if (import.meta.env.PROD) void startVersions()
