/// <reference types="vitest/config" />
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vite'
import { budget } from './build/budget.ts'
import { compress } from './build/compress.ts'
import { serviceWorker } from './build/service_worker.ts'
import { fakeApi } from './dev/fake_api.ts'

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url))
/** A running server to develop against; without one, the fake county answers. */
const backend = process.env.SUIFANG_SERVER

const { version } = JSON.parse(readFileSync(at('package.json'), 'utf-8')) as { version: string }

const forPhones = [
  budget({ 'capture/index.html': 150_000, 'family/index.html': 60_000 }),
  serviceWorker('src/sw/main.ts', 'src/capture/actions/hand_in.ts', [
    { scope: '/capture/', page: 'capture/index.html', files: ['capture/app.webmanifest', 'icons/capture.svg'] },
    { scope: '/family/', page: 'family/index.html', files: ['family/app.webmanifest', 'icons/family.svg'] },
  ]),
]

/**
 * The desk is built by itself (`--mode desk`). In one build the phones would load what only Element Plus
 * uses of Vue (4 KB), and fetch files anew over 2G because something changed on the desk.
 */
const PHONES = { landing: 'index.html', capture: 'capture/index.html', family: 'family/index.html' }
const DESK = { desk: 'desk/index.html' }

function paths(pages: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(pages).map(([name, page]) => [name, at(page)]))
}

export default defineConfig(({ mode, command }) => ({
  appType: 'mpa',
  plugins: [
    vue(),
    ...(mode === 'desk' ? [budget({ 'desk/index.html': null })] : forPhones),
    compress(),
    ...(backend ? [] : [fakeApi()]),
  ],
  define: {
    __APP_VERSION__: JSON.stringify(version),
    __VUE_OPTIONS_API__: 'false',
    __VUE_PROD_DEVTOOLS__: 'false',
    __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: 'false',
  },
  build: {
    target: ['chrome100', 'safari16.4', 'firefox115'],
    // The CSP allows no data: in fonts and scripts, and one file each is easier to reason about.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1_200,
    emptyOutDir: mode !== 'desk',
    copyPublicDir: mode !== 'desk',
    rolldownOptions: {
      input: paths(mode === 'desk' ? DESK : command === 'serve' ? { ...PHONES, ...DESK } : PHONES),
      output: {
        codeSplitting: { groups: [{ name: 'vue', test: /node_modules\/(@vue|vue)\// }] },
      },
    },
  },
  server: { host: '127.0.0.1', port: 20173, strictPort: true, ...(backend ? { proxy: { '/api': backend } } : {}) },
  test: {
    environment: 'node',
    include: ['src/**/*.test.ts', 'build/**/*.test.ts'],
    setupFiles: ['src/kernel/growth_loaded.ts'],
  },
}))
