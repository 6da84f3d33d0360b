import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Authority, createAuthority } from './certificates.ts'
import { findProgram, freePort, type Mosquitto, startMosquitto } from './mosquitto.ts'

export interface ShippedBroker extends Mosquitto {
  /** mqtts:// of the listener for schools. */
  securedUrl: string
  authority: Authority
  /** A PEM file with the authority's certificate. */
  caFile: string
}

const read = (file: string) =>
  readFileSync(new URL(`../../ingest/broker-config/${file}`, import.meta.url), 'utf8')

/** Users of the broker; each has its name as password. */
const USERS = ['ioc-ingest', 'TH-01', 'TH-02']

/** A Mosquitto with the configuration that is shipped: only folders and ports are replaced. */
export async function startShippedBroker(program: string): Promise<ShippedBroker> {
  const authority = createAuthority('Sở GD&ĐT')
  const own = authority.issue({ name: 'broker', addresses: ['127.0.0.1'] })
  const securedPort = await freePort()
  const mosquitto = await startMosquitto(program, ({ port, folder }) => {
    writeFileSync(join(folder, 'server.crt'), own.cert)
    writeFileSync(join(folder, 'server.key'), own.key)
    writeFileSync(join(folder, 'ca.crt'), authority.cert)
    writeFileSync(join(folder, 'acl'), read('acl'))
    writeFileSync(join(folder, 'passwords'), '')
    for (const user of USERS) {
      execFileSync(findProgram('mosquitto_passwd')!, ['-b', join(folder, 'passwords'), user, user])
    }
    const places = [
      ['/var/lib/mosquitto/', `${folder}/`],
      ['/etc/mosquitto/ioc/', `${folder}/`],
      ['listener 8883', `listener ${securedPort} 127.0.0.1`],
      ['listener 1883 ', `listener ${port} `],
    ] as const
    const text = places.reduce((conf, [from, to]) => {
      if (!conf.includes(from)) throw new Error(`the shipped configuration has no ${from}`)
      return conf.replaceAll(from, to)
    }, read('mosquitto.conf'))
    // Started by root Mosquitto would become the user mosquitto, who cannot read this folder.
    return `${text}\nuser root\n`
  })
  return {
    ...mosquitto,
    securedUrl: `mqtts://127.0.0.1:${securedPort}`,
    authority,
    caFile: join(mosquitto.folder, 'ca.crt'),
  }
}
