import { io } from 'socket.io-client'
import { LIVE_PATH } from '../../shared/contract/live.ts'
import type { LiveSocket } from './session.ts'

/** A typed socket to the server the page came from; it does nothing until it is told to connect. */
export function createSocket(): LiveSocket {
  return io({
    path: LIVE_PATH,
    // Long polling would need sticky sessions, and every browser of a wall has WebSocket.
    transports: ['websocket'],
    autoConnect: false,
    reconnection: false,
    timeout: 8_000,
  })
}
