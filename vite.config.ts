import react from '@vitejs/plugin-react'
import { defineConfig } from 'vitest/config'

/** The client build, and the test projects: one a room, and whole stories in flow and browser. */
const project = (name: string, options: { timeout: number; environment?: string }) => ({
  extends: true as const,
  test: {
    name,
    include: [`tests/${name}/**/*.test.{ts,tsx}`],
    environment: options.environment ?? 'node',
    testTimeout: options.timeout,
    hookTimeout: 120_000,
    globalSetup: ['tests/helpers/database-template.ts'],
  },
})

export default defineConfig({
  root: 'client',
  plugins: [react()],
  build: {
    outDir: '../dist/client',
    emptyOutDir: true,
    target: 'es2022',
    sourcemap: true,
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 900,
  },
  test: {
    root: '.',
    // Each worker may hold a database of its own: two at a time fit the smallest machine.
    maxWorkers: 2,
    projects: [
      project('shared', { timeout: 30_000 }),
      project('ingest', { timeout: 60_000 }),
      project('server', { timeout: 60_000 }),
      project('client', { timeout: 30_000 }),
      project('flow', { timeout: 240_000 }),
      project('browser', { timeout: 240_000 }),
    ],
  },
})
