/// <reference types="vite/client" />

/** Version of package.json, put in by the build. */
declare const __APP_VERSION__: string

/** For tools that cannot read .vue files (vue-tsc can, and uses the real types). */
declare module '*.vue' {
  import type { DefineComponent } from 'vue'
  const component: DefineComponent
  export default component
}
