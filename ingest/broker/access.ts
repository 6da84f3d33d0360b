/**
 * Who may connect, who may publish and subscribe where. Until sign-in is built everybody who reaches the listener
 * may; it is on loopback by default. Topics that begin with $ belong to the broker.
 */
export interface Access {
  mayConnect(credentials: {
    clientId: string
    username: string | undefined
    password: Buffer | undefined
  }): boolean
  mayPublish(clientId: string, topic: string): boolean
  maySubscribe(clientId: string, filter: string): boolean
}

export const openAccess: Access = {
  mayConnect: () => true,
  mayPublish: (_clientId, topic) => !topic.startsWith('$'),
  maySubscribe: (_clientId, filter) => !filter.startsWith('$'),
}
