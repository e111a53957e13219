/**
 * Who may import whom (pwa/README.md): kernel <- model, rules <- store <- actions <- views.
 * A name in a path says its room: `model`, `rules`, `store`, `actions` as a file or a folder.
 */
const ROOM = (room) => `/(${room})(\\.ts$|/)`
const TEST = '\\.test\\.ts$'

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    { name: 'no-circles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true, pathNot: '^element-plus/es/components/[a-z-]+/style/css$' } },
    {
      name: 'kernel-stands-alone',
      severity: 'error',
      from: { path: '^src/kernel/' },
      to: { path: '^src/', pathNot: '^src/kernel/' },
    },
    {
      name: 'pure-rooms',
      comment: 'A model or rule knows the kernel, the wire and other models and rules: nothing that does something.',
      severity: 'error',
      from: { path: ROOM('model|rules'), pathNot: TEST },
      to: { path: '^src/', pathNot: [ROOM('model|rules'), '^src/kernel/', '^src/api/wire[a-z_]*\\.ts$', '^src/locales/'] },
    },
    {
      name: 'pure-rooms-no-parts',
      comment: 'The expression engine and JSON Schema are pure; a framework, a map or a database is not.',
      severity: 'error',
      from: { path: ROOM('model|rules'), pathNot: TEST },
      to: { path: 'node_modules/(vue|dexie|element-plus|leaflet|workbox-[a-z]+|@vue)/' },
    },
    {
      name: 'only-stores-open-the-database',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/db/', ROOM('store'), TEST] },
      to: { path: ['^src/db/', 'node_modules/dexie/'] },
    },
    {
      name: 'stores-look-down',
      severity: 'error',
      from: { path: ROOM('store'), pathNot: TEST },
      to: { path: ['^src/(api|ui|sync|outbox/send|capture|desk|family|sw)(/|\\.ts$)', ROOM('actions')], pathNot: '^src/api/wire[a-z_]*\\.ts$' },
    },
    {
      name: 'only-actions-call-the-server',
      severity: 'error',
      from: {
        path: '^src/',
        pathNot: ['^src/api/', ROOM('actions'), '^src/outbox/send', '^src/sync/', '^src/(capture|desk|family)/main\\.ts$', TEST],
      },
      to: { path: '^src/api/', pathNot: '^src/api/(wire[a-z_]*|problems)\\.ts$' },
    },
    {
      name: 'api-knows-no-domain',
      severity: 'error',
      from: { path: '^src/api/', pathNot: TEST },
      to: { path: '^src/', pathNot: '^src/(api|kernel|locales)/' },
    },
    {
      name: 'ui-knows-no-domain',
      severity: 'error',
      from: { path: '^src/ui/' },
      to: { path: '^src/', pathNot: '^src/(ui|kernel|locales)/' },
    },
    {
      name: 'locales-know-nothing',
      severity: 'error',
      from: { path: '^src/locales/', pathNot: TEST },
      to: { path: '^src/', pathNot: ['^src/(locales|kernel)/', '^src/api/wire[a-z_]*\\.ts$'] },
    },
    {
      name: 'domains-know-no-entry',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(capture|desk|family|landing)/' },
      to: { path: '^src/(capture|desk|family|landing)/' },
    },
    {
      name: 'entries-know-not-each-other',
      severity: 'error',
      from: { path: '^src/(capture|desk|family|landing)/' },
      to: { path: '^src/(capture|desk|family|landing)/', pathNot: '^src/$1/' },
    },
    {
      name: 'worker-stands-alone',
      severity: 'error',
      from: { path: '^src/sw/(main\\.ts|worker/)' },
      to: { path: '^src/', pathNot: ['^src/sw/worker/', '^src/sw/words\\.ts$', '^src/api/wire[a-z_]*\\.ts$'] },
    },
    {
      name: 'worker-is-not-imported',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/sw/(main\\.ts|worker/)' },
      to: { path: '^src/sw/(main\\.ts|worker/)' },
    },
    {
      name: 'element-plus-only-on-the-desk',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/desk/' },
      to: { path: 'node_modules/(element-plus|@element-plus)/' },
    },
    {
      name: 'leaflet-only-in-maps',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/geo/map/' },
      to: { path: 'node_modules/leaflet/' },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'types', 'default'] },
  },
}
