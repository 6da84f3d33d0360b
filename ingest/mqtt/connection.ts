import net from 'node:net'
import tls from 'node:tls'
import { type IConnackPacket, type Packet, parser, writeToStream } from 'mqtt-packet'
import { errorCode } from '../../shared/node/errors.ts'
import { readTlsFiles, type TlsFiles } from './tls-files.ts'

export type ProtocolVersion = 4 | 5

/** Where a broker is and how to sign in there. */
export interface BrokerAddress {
  url: string
  username: string | undefined
  password: string | undefined
  /** Read anew for every connection: certificates are renewed in their place. */
  tlsFiles: TlsFiles
}

export interface ConnectionOptions extends BrokerAddress {
  clientId: string
  version: ProtocolVersion
  /** Forget what an earlier connection of this client id has left at the broker. */
  clean: boolean
  receiveMaximum: number
  keepAliveSeconds: number
  /** 0: the session ends with the connection. */
  sessionExpirySeconds: number
}

/** What the broker's CONNACK allows; a broker of MQTT 3.1.1 says nothing about it. */
export interface Granted {
  sessionExpirySeconds: number
  /** Unacknowledged messages it takes from us. */
  receiveMaximum: number
}

export interface ConnectionHandlers {
  /** Called before any packet is handed on: the broker may send messages in one piece with its CONNACK. */
  onOpened?(connection: Connection): void
  onPacket(packet: Packet): void
  /** Called once. After it nothing more is received and nothing sent is delivered. */
  onClosed(reason: string): void
}

export interface Connection {
  readonly sessionPresent: boolean
  readonly granted: Granted
  send(packet: Packet): void
  /** Reads no further; the broker feels it by TCP. */
  pause(): void
  resume(): void
  /** Sends DISCONNECT and closes; the session stays at the broker. */
  end(reason: string): void
}

/** The network connection was there, but no answer to CONNECT: so do brokers that do not know the version. */
export class NoAnswer extends Error {}

/** The broker answered CONNECT with a refusal. */
export class ConnectRefused extends Error {
  readonly unsupportedVersion: boolean

  constructor(code: number) {
    super(`code ${code}${meaning(code)}`)
    // 132 in MQTT 5; 1 is what a broker of an older version answers.
    this.unsupportedVersion = code === 132 || code === 1
  }
}

const HANDSHAKE_MS = 10_000
/** A last packet is given this long to leave; a peer that does not read must not keep a connection open. */
const FAREWELL_MS = 1_000
/** What a client may send unacknowledged where the broker names no limit of its own [MQTT-3.2.2.3.3]. */
const MOST_RECEIVE_MAXIMUM = 65_535

/** host:port, for messages and as the name under which a broker is remembered. */
export function brokerName(url: string): string {
  const { protocol, hostname, port } = new URL(url)
  return `${hostname}:${port || (isPlain(protocol) ? 1883 : 8883)}`
}

/** Opens the network connection and signs in. Rejects when the broker does not answer, closes or refuses. */
export function openConnection(
  options: ConnectionOptions,
  handlers: ConnectionHandlers,
): Promise<Connection> {
  return new Promise((resolve, reject) => {
    const socket = openSocket(options)
    const reader = parser({ protocolVersion: options.version })
    let reached = false
    let opened = false
    let connected = false
    let closed = false
    let heard = true
    let paused = false
    let pinger: NodeJS.Timeout | undefined
    const send = (packet: Packet) => {
      if (!closed) writeToStream(packet, socket, { protocolVersion: options.version })
    }
    const close = (reason: string, error: Error = opened ? new NoAnswer(reason) : new Error(reason)) => {
      if (closed) return
      closed = true
      clearInterval(pinger)
      clearTimeout(patience)
      socket.destroy()
      if (connected) handlers.onClosed(reason)
      else reject(error)
    }
    const patience = setTimeout(() => close('the broker does not answer'), HANDSHAKE_MS)
    // A silent broker is given up after two keep-alive times; while we do not read, its answers cannot be heard.
    const ping = () => {
      if (!heard && !paused) return close('the broker is silent')
      heard = false
      send({ cmd: 'pingreq' })
    }
    const onConnack = (packet: IConnackPacket) => {
      const code = packet.reasonCode ?? packet.returnCode ?? 0
      if (code !== 0) {
        const refused = new ConnectRefused(code)
        return close(refused.message, refused)
      }
      connected = true
      clearTimeout(patience)
      const seconds = packet.properties?.serverKeepAlive ?? options.keepAliveSeconds
      pinger = setInterval(ping, Math.max(1, seconds) * 1000)
      const connection: Connection = {
        sessionPresent: packet.sessionPresent,
        granted: {
          sessionExpirySeconds: packet.properties?.sessionExpiryInterval ?? options.sessionExpirySeconds,
          receiveMaximum: packet.properties?.receiveMaximum ?? MOST_RECEIVE_MAXIMUM,
        },
        send,
        pause: () => {
          paused = true
          socket.pause()
        },
        resume: () => {
          paused = false
          socket.resume()
        },
        end: (reason) => {
          send({ cmd: 'disconnect', reasonCode: 0 })
          socket.end(() => close(reason))
          setTimeout(() => close(reason), FAREWELL_MS)
        },
      }
      handlers.onOpened?.(connection)
      resolve(connection)
    }
    reader.on('packet', (packet) => {
      heard = true
      if (closed) return
      if (packet.cmd === 'connack' && !connected) onConnack(packet)
      else if (packet.cmd === 'disconnect')
        close(`the broker disconnects (code ${packet.reasonCode ?? 0}${meaning(packet.reasonCode ?? 0)})`)
      else if (packet.cmd !== 'pingresp') handlers.onPacket(packet)
    })
    reader.on('error', (error: Error) => close(`broken packet: ${error.message}`))
    socket.once('connect', () => {
      reached = true
    })
    socket.once(socket instanceof tls.TLSSocket ? 'secureConnect' : 'connect', () => {
      opened = true
      send(connectPacket(options))
    })
    socket.on('data', (chunk: Buffer) => reader.parse(chunk))
    socket.on('error', (error) => {
      const fromTls = errorCode(error)?.startsWith('ERR_SSL_')
      const cutOff = reached && errorCode(error) === 'ECONNRESET'
      if (opened && !fromTls) close(error.message)
      else if (cutOff)
        close('', new Error(`the TLS handshake is cut off: ${error.message}; is this its TLS port?`))
      else close(error.message, error)
    })
    socket.on('close', () => close('the connection was closed'))
  })
}

function openSocket({ url, tlsFiles }: BrokerAddress): net.Socket {
  const { protocol, hostname, port } = new URL(url)
  const host = hostname.replace(/^\[|\]$/g, '')
  if (isPlain(protocol)) {
    return net.connect({ host, port: Number(port || 1883), noDelay: true, keepAlive: true })
  }
  const servername = net.isIP(host) ? '' : host
  return tls.connect({ host, port: Number(port || 8883), servername, ...readTlsFiles(tlsFiles) })
}

function isPlain(protocol: string): boolean {
  return protocol === 'mqtt:' || protocol === 'tcp:'
}

function connectPacket(options: ConnectionOptions): Packet {
  const { clientId, version, clean } = options
  const { username, password } = credentialsOf(options)
  return {
    cmd: 'connect',
    protocolId: 'MQTT',
    protocolVersion: version,
    clientId,
    clean,
    keepalive: options.keepAliveSeconds,
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password: Buffer.from(password) }),
    ...(version === 5
      ? {
          properties: {
            sessionExpiryInterval: options.sessionExpirySeconds,
            receiveMaximum: options.receiveMaximum,
          },
        }
      : {}),
  }
}

function meaning(code: number): string {
  if (code === 4 || code === 134) return ': wrong user name or password'
  if (code === 5 || code === 135) return ': not authorized'
  if (code === 2 || code === 133) return ': client id not accepted'
  if (code === 3 || code === 136) return ': not available'
  if (code === 142) return ': another client took this client id'
  return ''
}

/** A user name in the address counts, unless settings give one. */
function credentialsOf(address: BrokerAddress): Pick<BrokerAddress, 'username' | 'password'> {
  const { username, password } = new URL(address.url)
  return {
    username: address.username ?? (username === '' ? undefined : decodeURIComponent(username)),
    password: address.password ?? (password === '' ? undefined : decodeURIComponent(password)),
  }
}
