/// The desk of the township. Nothing is kept offline here, and nothing outlives the page.
import './trusted'
import { createApp } from 'vue'
import { followSession } from '../accounts/actions'
import { connect } from '../api/server'
import '../ui/ui.css'
import App from './App.vue'
import './desk.css'
import './narrow.css'
import { followAddress } from './route'

connect('desk')
followSession()
followAddress()
createApp(App).mount('#app')
