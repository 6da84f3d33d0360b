import { z } from 'zod'

/** Retained connection state of a device; the last will says false. */
export const DeviceStateBody = z.strictObject({ online: z.boolean() })
export type DeviceStateBody = z.infer<typeof DeviceStateBody>
