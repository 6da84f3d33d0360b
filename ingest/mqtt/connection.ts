import net from 'node:net'
import tls from 'node:tls'
import { type IConnackPacket, type Packet, parser, writeToStream } from 'mqtt-packet'

export type ProtocolVersion = 4 | 5

export interface ConnectionOptions {
  url: string
  clientId: string
  username: string | undefined
  password: string | undefined
  version: ProtocolVersion
  receiveMaximum: number
  keepAliveSeconds: number
  sessionExpirySeconds: number
}

export interface ConnectionHandlers {
  onPacket(packet: Packet): void
  /** Called once. After it nothing more is received and nothing sent is delivered. */
  onClosed(reason: string): void
}

export interface Connection {
  readonly sessionPresent: boolean
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
    super(`the broker refuses the connection (code ${code}${meaning(code)})`)
    // 132 in MQTT 5; 1 is what a broker of an older version answers.
    this.unsupportedVersion = code === 132 || code === 1
  }
}

const HANDSHAKE_MS = 10_000

/** Opens the network connection and signs in. Rejects when the broker does not answer, closes or refuses. */
export function openConnection(
  options: ConnectionOptions,
  handlers: ConnectionHandlers,
): Promise<Connection> {
  return new Promise((resolve, reject) => {
    const socket = openSocket(options.url)
    const reader = parser({ protocolVersion: options.version })
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
      resolve({
        sessionPresent: packet.sessionPresent,
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
        },
      })
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
    socket.once(socket instanceof tls.TLSSocket ? 'secureConnect' : 'connect', () => {
      opened = true
      send(connectPacket(options))
    })
    socket.on('data', (chunk: Buffer) => reader.parse(chunk))
    socket.on('error', (error) => (opened ? close(error.message) : close(error.message, error)))
    socket.on('close', () => close('the connection was closed'))
  })
}

function openSocket(url: string): net.Socket {
  const { protocol, hostname, port } = new URL(url)
  const host = hostname.replace(/^\[|\]$/g, '')
  if (protocol === 'mqtt:' || protocol === 'tcp:') {
    return net.connect({ host, port: Number(port || 1883), noDelay: true, keepAlive: true })
  }
  return tls.connect({ host, port: Number(port || 8883), servername: net.isIP(host) ? '' : host })
}

function connectPacket(options: ConnectionOptions): Packet {
  const { clientId, version, username, password } = options
  return {
    cmd: 'connect',
    protocolId: 'MQTT',
    protocolVersion: version,
    clientId,
    clean: false,
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
