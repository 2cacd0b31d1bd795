import { gzipSync } from 'node:zlib'
import { svelte } from '@sveltejs/vite-plugin-svelte'
import type { Plugin } from 'vite'
import { defineConfig } from 'vitest/config'

/** The most compressed JavaScript that the first screen may cost, in bytes. */
const FIRST_LOAD_LIMIT = 150 * 1024

/** sizeReport prints what the first screen loads, compressed, and fails the build when it is too much. */
function sizeReport(): Plugin {
  return {
    name: 'size-report',
    generateBundle(_, bundle) {
      const first = new Set<string>()
      const visit = (name: string): void => {
        const chunk = bundle[name]
        if (first.has(name) || chunk?.type !== 'chunk') return
        first.add(name)
        chunk.imports.forEach(visit)
      }
      for (const chunk of Object.values(bundle)) if (chunk.type === 'chunk' && chunk.isEntry) visit(chunk.fileName)
      let bytes = 0
      for (const name of first) {
        const chunk = bundle[name]
        if (chunk?.type === 'chunk') bytes += gzipSync(chunk.code, { level: 9 }).length
      }
      this.info(`first load: ${(bytes / 1024).toFixed(1)} KB of compressed JavaScript in ${first.size} files`)
      if (bytes > FIRST_LOAD_LIMIT) this.error(`first load is above ${FIRST_LOAD_LIMIT / 1024} KB`)
    },
  }
}

const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

const server = process.env.AOC_URL ?? 'http://127.0.0.1:8000'

export default defineConfig({
  plugins: [svelte(), sizeReport()],
  build: {
    target: ['chrome123', 'firefox125', 'safari17.5'],
    cssTarget: ['chrome123', 'firefox125', 'safari17.5'],
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    sourcemap: false,
    chunkSizeWarningLimit: 500,
  },
  server: {
    proxy: Object.fromEntries(['/api', '/openapi.json', '/health', '/docs'].map((path) => [path, { target: server }])),
  },
  // As the program serves it, so that nothing is built that its policy would stop.
  preview: { headers: { 'Content-Security-Policy': POLICY } },
  test: { include: ['src/**/*.test.ts'], environment: 'node' },
})
