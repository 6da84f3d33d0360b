import { randomBytes } from 'node:crypto'
import pg from 'pg'

/** A database of its own on the TimescaleDB server of TEST_DATABASE_URL. */
export async function createServerDatabase(server: string): Promise<{ url: string; drop(): Promise<void> }> {
  const name = `ioc_test_${randomBytes(6).toString('hex')}`
  await administer(server, `create database ${name}`)
  const url = new URL(server)
  url.pathname = `/${name}`
  return { url: url.href, drop: () => administer(server, `drop database ${name} with (force)`) }
}

async function administer(server: string, statement: string): Promise<void> {
  const client = new pg.Client(server)
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}
