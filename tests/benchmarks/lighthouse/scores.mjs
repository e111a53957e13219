// node scores.mjs ADDRESS mobile|desktop: the scores of a page and what cost points, as JSON.
import { launch } from 'chrome-launcher'
import lighthouse, { desktopConfig } from 'lighthouse'

const [address, form] = process.argv.slice(2)
const chrome = await launch({ chromeFlags: ['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-quic', '--lang=zh-CN'] })
try {
  const onlyCategories = ['performance', 'accessibility', 'best-practices']
  const config = form === 'desktop' ? desktopConfig : undefined
  const { lhr } = await lighthouse(address, { port: chrome.port, onlyCategories, logLevel: 'error' }, config)
  const scores = Object.fromEntries(Object.values(lhr.categories).map(({ id, score }) => [id, score]))
  const lost = Object.values(lhr.categories).flatMap(({ auditRefs }) =>
    auditRefs
      .filter(({ id, weight }) => weight > 0 && (lhr.audits[id].score ?? 1) < 0.95)
      .map(({ id }) => `${id} ${lhr.audits[id].displayValue ?? lhr.audits[id].score}`),
  )
  process.stdout.write(JSON.stringify({ version: lhr.lighthouseVersion, browser: lhr.environment.hostUserAgent, scores, lost }))
} finally {
  chrome.kill()
}
