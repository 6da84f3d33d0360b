/**
 * Why a record becomes a dead letter: what happened and what the sender can do, in Vietnamese and in English.
 * The codes are labels of metrics and values of dead_letter.reason: they never change their meaning.
 */
export const reasons = {
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
    vi: 'chưa có thiết bị nào đăng ký với tên này',
    en: 'no device is registered under this name',
    remedyVi:
      'đăng ký thiết bị với tên này (npm run import:devices, cột aliases): tin đang chờ sẽ tự được ghi',
    remedyEn:
      'register the device under this name (npm run import:devices, column aliases): what waits is then stored by itself',
  },
  'no-birth': {
    vi: 'thiết bị chưa tự giới thiệu nên chưa đọc được tin này',
    en: 'the device has not introduced itself yet, so this message cannot be read',
    remedyVi: 'thiết bị đã được yêu cầu giới thiệu lại; tin đang chờ sẽ tự được ghi',
    remedyEn: 'the device has been asked to introduce itself; what waits is then stored by itself',
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
} as const

export type ReasonCode = keyof typeof reasons

/** What the sender reads. */
export function remedyOf(reason: ReasonCode): string {
  return `${reasons[reason].remedyVi} / ${reasons[reason].remedyEn}`
}

export function sentenceOf(reason: ReasonCode): string {
  return `${reasons[reason].vi} / ${reasons[reason].en}`
}
