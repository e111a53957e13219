import { createApp } from 'vue'
import { followSession } from '../accounts/actions'
import { connect } from '../api/server'
import { registerWorker } from '../sw/register'
import { applyTextSize } from '../ui/text_size'
import App from './App.vue'
import { start } from './actions/open'
import './capture.css'
import { followAddress } from './route'

connect('capture')
followSession()
applyTextSize()
followAddress()
createApp(App).mount('#app')
void start()
if (import.meta.env.PROD) void registerWorker('/capture/')
