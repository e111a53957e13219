/// Every control on one page, for those who change one: `npm run dev`, then /dev/gallery/.
import { createApp } from 'vue'
import Gallery from './Gallery.vue'
import '../../src/ui/ui.css'
import { applyTextSize } from '../../src/ui/text_size'

applyTextSize()
createApp(Gallery).mount('#app')
