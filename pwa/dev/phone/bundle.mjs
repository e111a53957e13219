/** Puts the phone of the fault tests into two files that Node runs: `node dev/phone/bundle.mjs FOLDER`. */
import { rolldown } from 'rolldown'

const [folder] = process.argv.slice(2)
for (const name of ['app', 'main']) {
  const made = await rolldown({ input: `dev/phone/${name}.ts`, platform: 'node', logLevel: 'silent' })
  await made.write({ file: `${folder}/${name}.mjs`, format: 'esm', codeSplitting: false })
}
