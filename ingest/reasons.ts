import type { Reason } from '../shared/contract/dead-letter.ts'

interface Words {
  vi: string
  en: string
  remedyVi: string
  remedyEn: string
}

/** Why a record becomes a dead letter: what happened and what the sender can do, in Vietnamese and in English. */
export const reasons: Record<Reason, Words> = {
  'unknown-topic': {
    vi: 'chủ đề không thuộc giao thức ioc/v1',
    en: 'the topic is none of protocol ioc/v1',
    remedyVi: 'sửa chủ đề theo docs/protocol.md',
    remedyEn: 'correct the topic as docs/protocol.md shows',
  },
  'not-utf8': {
    vi: 'nội dung không phải UTF-8',
    en: 'the body is not UTF-8',
    remedyVi: 'gửi JSON mã hoá UTF-8, không nén',
    remedyEn: 'send JSON as plain UTF-8, not compressed',
  },
  'not-json': {
    vi: 'nội dung không phải JSON',
    en: 'the body is not JSON',
    remedyVi: 'gửi một văn bản JSON trọn vẹn',
    remedyEn: 'send one whole JSON text',
  },
  'bad-body': {
    vi: 'nội dung không đúng mẫu',
    en: 'the body has not the right form',
    remedyVi: 'sửa trường được nêu theo docs/protocol.md',
    remedyEn: 'correct the named field as docs/protocol.md shows',
  },
  'too-large': {
    vi: 'tin quá lớn',
    en: 'the message is too large',
    remedyVi: 'chia thành nhiều tin nhỏ',
    remedyEn: 'send it in parts',
  },
  'unknown-school': {
    vi: 'không có trường mang mã này',
    en: 'there is no school of this code',
    remedyVi: 'kiểm tra mã trường, hoặc đề nghị Sở đăng ký trường',
    remedyEn: 'check the school code, or ask the department to register the school',
  },
  'unknown-device': {
    vi: 'trường không có thiết bị mang mã này',
    en: 'the school has no device of this code',
    remedyVi: 'kiểm tra mã thiết bị, hoặc đề nghị Sở đăng ký thiết bị',
    remedyEn: 'check the device code, or ask the department to register the device',
  },
  'unregistered-device': {
    vi: 'thiết bị chưa được đăng ký; tin chờ đăng ký trong 7 ngày',
    en: 'nobody has registered this device; its messages wait for that for 7 days',
    remedyVi: 'đề nghị Sở đăng ký thiết bị: các tin đang chờ sẽ tự được ghi',
    remedyEn: 'ask the department to register the device: what waits is stored by itself then',
  },
  'unnamed-device': {
    vi: 'tin không cho biết là của thiết bị nào',
    en: 'the message does not say of which device it is',
    remedyVi: 'cho thiết bị một tên theo mục của định dạng trong docs/protocol.md',
    remedyEn: 'name the device as docs/protocol.md shows for this format',
  },
  'no-birth': {
    vi: 'thiết bị chưa tự giới thiệu nên chưa đọc được tin này',
    en: 'the device has not introduced itself yet, so this message cannot be read',
    remedyVi:
      'chờ thiết bị giới thiệu lại (Sparkplug: đã được yêu cầu; Homie: gửi $description, retained); tin đang chờ sẽ tự được ghi',
    remedyEn:
      'wait for its introduction (Sparkplug: it has been asked; Homie: publish $description, retained); what waits is then stored by itself',
  },
  'bad-quality': {
    vi: 'chính thiết bị báo giá trị này không tốt hoặc không có',
    en: 'the device itself says that this value is not good, or that it has none',
    remedyVi: 'kiểm tra cảm biến và dây nối của nó',
    remedyEn: 'check the sensor and its wiring',
  },
  'unknown-metric': {
    vi: 'không có đại lượng mang mã này',
    en: 'there is no metric of this code',
    remedyVi: 'dùng mã trong bảng đại lượng của docs/protocol.md',
    remedyEn: 'use a code of the table of metrics in docs/protocol.md',
  },
  ambiguous: {
    vi: 'hai giá trị khác nhau cho một đại lượng ở một thời điểm; giá trị đầu được ghi',
    en: 'two different values of one metric and moment; the first is stored',
    remedyVi: 'ghi vào bảng chủ đề (MQTT_TOPIC_MAP, mục metrics) giá trị nào được tính, giá trị nào bỏ',
    remedyEn: 'say in the topic map (MQTT_TOPIC_MAP, metrics) which of them counts and which is left out',
  },
  'out-of-range': {
    vi: 'giá trị ngoài giới hạn vật lý',
    en: 'the value is outside its physical limits',
    remedyVi: 'kiểm tra cảm biến và đơn vị đo',
    remedyEn: 'check the sensor and the unit',
  },
  future: {
    vi: 'thời gian đi trước đồng hồ hệ thống quá 5 phút',
    en: 'the time is more than 5 minutes ahead',
    remedyVi: 'chỉnh đồng hồ thiết bị (NTP) và múi giờ',
    remedyEn: 'set the clock of the device (NTP) and its time zone',
  },
  'too-old': {
    vi: 'thời gian cũ hơn 20 năm',
    en: 'the time is more than 20 years ago',
    remedyVi: 'kiểm tra đồng hồ; dữ liệu cũ nạp bằng công cụ riêng',
    remedyEn: 'check the clock; older history is loaded by other means',
  },
  'school-not-valid': {
    vi: 'trường không hoạt động vào ngày đó',
    en: 'the school does not exist on that day',
    remedyVi: 'dùng mã trường hiện hành (trường đã sáp nhập hoặc chưa mở)',
    remedyEn: 'use the code of the school of today (this one has merged or is not open yet)',
  },
  'device-not-valid': {
    vi: 'thiết bị không được dùng vào ngày đó',
    en: 'the device is not in service on that day',
    remedyVi: 'đề nghị Sở cập nhật thời hạn sử dụng thiết bị',
    remedyEn: 'ask the department to update the dates of the device',
  },
  'revision-conflict': {
    vi: 'lần sửa này đã có với nội dung khác',
    en: 'this revision is already there with other content',
    remedyVi: 'gửi lại với số revision cao hơn',
    remedyEn: 'send it again with a higher revision',
  },
  'status-conflict': {
    vi: 'trạng thái từ thời điểm này đã có với nội dung khác',
    en: 'the status since this moment is already there with other content',
    remedyVi: 'gửi lại với thời điểm since mới',
    remedyEn: 'send it again with a new since',
  },
  poison: {
    vi: 'cơ sở dữ liệu từ chối bản ghi này',
    en: 'the database refuses this record',
    remedyVi: 'bỏ ký tự điều khiển trong văn bản; nếu còn lỗi, báo cho Sở',
    remedyEn: 'leave out control characters in texts; if it fails again, tell the department',
  },
}

export type ReasonCode = Reason

/** What the sender reads. */
export function remedyOf(reason: ReasonCode): string {
  return `${reasons[reason].remedyVi} / ${reasons[reason].remedyEn}`
}

export function sentenceOf(reason: ReasonCode): string {
  return `${reasons[reason].vi} / ${reasons[reason].en}`
}
