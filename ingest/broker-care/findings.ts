import type { Finding } from '../../shared/contract/finding.ts'

/**
 * Everything this program can find out about its broker: what was seen and what to do, in Vietnamese and in English,
 * and the setting at fault. Settings written in small letters are those of Mosquitto; where others matter, the
 * sentence names them too. A finding comes from what a broker does, never from what it is called.
 */
export const findingCatalogue = {
  'broker-unreachable': {
    severity: 'critical',
    setting: 'MQTT_URL',
    vi: 'Không có kết nối với broker {broker} ({why}): khởi động broker, hoặc sửa MQTT_URL.',
    en: 'There is no connection to the broker {broker} ({why}): start it, or correct MQTT_URL.',
  },
  'broker-refuses': {
    severity: 'critical',
    setting: 'MQTT_USERNAME, MQTT_PASSWORD',
    vi: 'Broker {broker} từ chối kết nối ({why}): sửa MQTT_USERNAME và MQTT_PASSWORD, hoặc cấp quyền cho người dùng này ở broker.',
    en: 'The broker {broker} refuses the connection ({why}): correct MQTT_USERNAME and MQTT_PASSWORD, or give this user access at the broker.',
  },
  'certificate-untrusted': {
    severity: 'critical',
    setting: 'MQTT_CA_FILE',
    vi: 'Chứng thư của broker {broker} do một nơi không được tin cậy cấp ({why}): đặt MQTT_CA_FILE là tệp chứng thư của nơi đã cấp.',
    en: 'The certificate of the broker {broker} comes from nobody we trust ({why}): set MQTT_CA_FILE to the certificate of the authority that issued it.',
  },
  'certificate-expired': {
    severity: 'critical',
    setting: 'certfile',
    vi: 'Chứng thư của broker {broker} không có hiệu lực lúc này ({why}): gia hạn chứng thư, hoặc chỉnh đồng hồ của máy này.',
    en: 'The certificate of the broker {broker} is not valid at this time ({why}): renew it, or set the clock of this machine.',
  },
  'certificate-name': {
    severity: 'critical',
    setting: 'MQTT_URL',
    vi: 'Chứng thư của broker {broker} mang tên khác ({why}): ghi đúng tên đó vào MQTT_URL, hoặc làm chứng thư cho tên này.',
    en: 'The certificate of the broker {broker} is made out for another name ({why}): write that name into MQTT_URL, or make a certificate for this one.',
  },
  'certificate-refused': {
    severity: 'critical',
    setting: 'MQTT_CERT_FILE, MQTT_KEY_FILE',
    vi: 'Broker {broker} không nhận chứng thư của chúng ta ({why}): đặt MQTT_CERT_FILE và MQTT_KEY_FILE là chứng thư mà broker tin cậy.',
    en: 'The broker {broker} does not accept our certificate ({why}): set MQTT_CERT_FILE and MQTT_KEY_FILE to one that it trusts.',
  },
  'certificate-unreadable': {
    severity: 'critical',
    setting: 'MQTT_CA_FILE, MQTT_CERT_FILE, MQTT_KEY_FILE',
    vi: 'Không đọc được chứng thư của chúng ta ({why}): trả tệp về chỗ cũ, dạng PEM.',
    en: 'A certificate file of ours cannot be read ({why}): put it back, as PEM.',
  },
  'broker-not-tls': {
    severity: 'critical',
    setting: 'MQTT_URL',
    vi: 'Cổng {broker} không nói TLS ({why}): ghi cổng TLS của broker vào MQTT_URL, hoặc dùng mqtt:// trong mạng kín.',
    en: 'The port {broker} does not speak TLS ({why}): write the TLS port of the broker into MQTT_URL, or use mqtt:// inside a closed network.',
  },
  'subscription-refused': {
    severity: 'critical',
    setting: 'acl_file',
    vi: 'Broker từ chối đăng ký {filters}: cấp cho người dùng của ingest quyền đọc các chủ đề này, hoặc sửa MQTT_SUBSCRIPTION.',
    en: 'The broker refuses the subscription to {filters}: give the user of ingest the right to read these topics, or correct MQTT_SUBSCRIPTION.',
  },
  'qos-lowered': {
    severity: 'critical',
    setting: 'max_qos',
    vi: 'Broker chỉ cho QoS 0 với {filters}, nên tin mất khi mất kết nối: cho phép QoS 1 (Mosquitto: max_qos 2).',
    en: 'The broker grants QoS 0 only to {filters}, so that a broken connection loses messages: allow QoS 1 (Mosquitto: max_qos 2).',
  },
  'session-lost': {
    severity: 'critical',
    setting: 'persistence',
    vi: 'Broker đã quên phiên {sessions} sau {seconds} giây vắng mặt; tin nó giữ cho phiên này đã mất: bật lưu xuống đĩa (Mosquitto: persistence true, persistence_location ghi được).',
    en: 'The broker had forgotten the session {sessions} after {seconds} s of absence, and with it the messages kept for it: let it keep sessions on disk (Mosquitto: persistence true, a persistence_location it can write).',
  },
  'session-expired': {
    severity: 'critical',
    setting: 'persistent_client_expiration',
    vi: 'Phiên {sessions} đã hết hạn ở broker sau {seconds} giây vắng mặt; tin nó giữ đã mất: đừng để ingest dừng lâu đến thế, hoặc tăng persistent_client_expiration.',
    en: 'The session {sessions} ran out at the broker after {seconds} s of absence, and with it the messages kept for it: do not leave ingest stopped for so long, or raise persistent_client_expiration.',
  },
  'session-short': {
    severity: 'warning',
    setting: 'persistent_client_expiration',
    vi: 'Broker chỉ giữ phiên {found} giây, không phải {wanted}: ingest dừng lâu hơn thì mất tin; tăng thời hạn phiên ở broker.',
    en: 'The broker keeps sessions for {found} s, not for {wanted}: an ingest stopped for longer loses messages; raise the session expiry at the broker.',
  },
  'session-not-kept': {
    severity: 'critical',
    setting: 'persistence',
    vi: 'Broker quên phiên ngay khi mất kết nối, nên tin gửi trong lúc đó mất: cho phép phiên bền (session expiry, clean session = false) ở broker.',
    en: 'The broker forgets a session as soon as its connection ends, so that what comes meanwhile is lost: allow persistent sessions (session expiry, clean session = false) there.',
  },
  'queue-small': {
    severity: 'critical',
    setting: 'max_queued_messages',
    vi: 'Broker chỉ giữ {kept} trong {sent} tin cho một khách vắng mặt và bỏ phần còn lại: đặt max_queued_messages 1000000, đủ 30 phút với 500 tin mỗi giây (EMQX: max_mqueue_len; VerneMQ: max_offline_messages).',
    en: 'The broker keeps only {kept} of {sent} messages for a client that is away, and drops the rest: set max_queued_messages 1000000, enough for 30 minutes of 500 messages a second (EMQX: max_mqueue_len; VerneMQ: max_offline_messages).',
  },
  'window-small': {
    severity: 'warning',
    setting: 'max_inflight_messages',
    vi: 'Broker chỉ để {window} tin chưa xác nhận trên đường, không phải {wanted}, nên thu nhận chậm: đặt max_inflight_messages {wanted} (EMQX: max_inflight; RabbitMQ: mqtt.prefetch).',
    en: 'The broker has only {window} unacknowledged messages under way to us, not {wanted}, which slows us down: set max_inflight_messages {wanted} (EMQX: max_inflight; RabbitMQ: mqtt.prefetch).',
  },
  'messages-dropped': {
    severity: 'critical',
    setting: 'max_queued_messages, max_queued_bytes',
    vi: 'Broker đã bỏ {count} tin vì hàng đợi của một khách đã đầy: tăng max_queued_messages và max_queued_bytes, và xem nhật ký broker khách nào vắng mặt.',
    en: "The broker dropped {count} messages because the queue of a client was full: raise max_queued_messages and max_queued_bytes, and see in the broker's log which client stays away.",
  },
  'probe-refused': {
    severity: 'info',
    setting: 'acl_file',
    vi: 'Không đo được hàng đợi của broker: cấp cho người dùng của ingest quyền đọc và ghi ioc/probe/#.',
    en: 'The queue of the broker cannot be measured: give the user of ingest the right to read and write ioc/probe/#.',
  },
  'sys-unreadable': {
    severity: 'info',
    setting: 'acl_file',
    vi: 'Không đọc được $SYS/broker/publish/messages/dropped, nên không biết broker có bỏ tin hay không: cấp quyền đọc $SYS/#, hoặc theo dõi broker bằng công cụ của nó.',
    en: 'It cannot be known whether the broker drops messages, for $SYS/broker/publish/messages/dropped does not come: give the right to read $SYS/#, or watch the broker by its own means.',
  },
} as const satisfies Record<string, Pick<Finding, 'severity' | 'setting' | 'vi' | 'en'>>

export type FindingCode = keyof typeof findingCatalogue

/** What fills the {names} of a finding's sentence. */
export type FindingParams = Record<string, string | number>

/** A finding as it is shown. `since`: milliseconds since 1970. */
export function finding(code: FindingCode, params: FindingParams, since: number): Finding {
  const { severity, setting, vi, en } = findingCatalogue[code]
  const fill = (sentence: string) =>
    sentence.replace(/\{(\w+)\}/g, (_, name: string) => String(params[name] ?? ''))
  return { code, severity, setting, vi: fill(vi), en: fill(en), since: new Date(since).toISOString() }
}
