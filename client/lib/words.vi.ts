/** Everything the client says, in Vietnamese. The English words must hold the same keys: see words.en.ts. */
export const vi = {
  product: 'IOC Giáo dục Nghệ An',
  department: 'Sở Giáo dục và Đào tạo Nghệ An',
  weekdays: ['Thứ Hai', 'Thứ Ba', 'Thứ Tư', 'Thứ Năm', 'Thứ Sáu', 'Thứ Bảy', 'Chủ Nhật'],

  start: {
    lead: 'Trung tâm điều hành thông minh của ngành giáo dục tỉnh Nghệ An',
    wall: 'Màn hình điều hành',
    wallHint: 'Dành cho màn hình lớn tại trung tâm, cập nhật trực tiếp',
    api: 'Tài liệu API',
    apiHint: 'Địa chỉ, tham số và câu trả lời của /api/v1',
    status: 'Tình trạng hệ thống',
    statusHint: 'Phiên bản, tốc độ, độ trễ và phần nào là mô phỏng',
    otherLanguage: 'English',
    unknown: 'Không có trang này',
    toStart: 'Về trang đầu',
  },

  strip: {
    label: 'Tình trạng chung',
    simulatedClock: 'Đồng hồ mô phỏng',
    speed: (times: string) => `×${times}`,
    provinceTime: 'Giờ Việt Nam',
    simulatedData: 'Dữ liệu mô phỏng',
    aggregates: 'Số liệu tổng hợp, không định danh',
    open: 'mở',
    closed: 'đóng',
    unreported: 'chưa báo',
    schools: 'Trường học',
    newest: (age: string) => `Dữ liệu ${age} trước`,
    justNow: 'Dữ liệu vừa nhận',
    noData: 'Chưa nhận được dữ liệu',
  },

  link: {
    connecting: 'Đang kết nối',
    live: 'Đã kết nối',
    lost: 'Mất kết nối',
    lostSince: (moment: string) => `Mất liên lạc với máy chủ từ ${moment}`,
    lostFor: (length: string) => `Đã ${length}, đang thử lại. Số liệu là số cũ.`,
    never: 'Chưa liên lạc được với máy chủ',
    trying: 'Đang thử lại',
    databaseLost: 'Máy chủ không đọc được cơ sở dữ liệu',
    old: 'Số liệu đang hiện là số cũ',
  },

  duration: {
    seconds: (count: number) => `${count} giây`,
    minutes: (count: number) => `${count} phút`,
    hours: (count: number) => `${count} giờ`,
    days: (count: number) => `${count} ngày`,
  },

  severity: { critical: 'Khẩn cấp', warning: 'Cảnh báo', caution: 'Chú ý', info: 'Thông tin' },
  status: {
    ok: 'Đạt',
    warning: 'Cảnh báo',
    critical: 'Nghiêm trọng',
    insufficient: 'Chưa đủ số liệu',
    not_applicable: 'Không áp dụng',
    suppressed: 'Ẩn do nhóm nhỏ',
  },
  waiting: 'Đang chờ số liệu',
  stale: (age: string) => `Cũ · ${age}`,
  noValue: '—',

  period: { morning: 'buổi sáng', afternoon: 'buổi chiều', day: 'hôm nay', now: 'lúc này' },
  sessionShort: { morning: 'Sáng', afternoon: 'Chiều' },

  unit: {
    '%': '%',
    schools: 'trường',
    rooms: 'phòng',
    pupils: 'học sinh',
    level: 'cấp',
    cm: 'cm',
    '°C': '°C',
  },
  points: 'điểm',
  unchanged: 'không đổi',

  overview: {
    label: 'Tổng quan',
    province: 'Toàn tỉnh',
    againstLastWeek: 'so với tuần trước',
    environment: 'Môi trường và nước',
  },

  /** Names short enough for a wall; an indicator that is not here goes by the name of the catalogue. */
  indicator: {
    'attendance-rate': 'Chuyên cần',
    'roll-completeness': 'Lớp điểm danh',
    'schools-open': 'Trường mở cửa',
    'pupils-affected-by-closure': 'Học sinh phải nghỉ',
    'absence-unexcused-rate': 'Vắng không phép',
    'absence-excused-rate': 'Vắng có phép',
    'late-rate': 'Đi muộn',
    'co2-good-share': 'Phòng đạt CO2',
    'co2-rooms-over': 'CO2 quá cao',
    'heat-room-share': 'Phòng quá nóng',
    'power-availability': 'Có điện',
    'internet-availability': 'Có Internet',
    'device-online-rate': 'Thiết bị kết nối',
    'flood-alarm-level': 'Báo động lũ',
    'yard-water-depth': 'Nước ở sân',
  } as Record<string, string>,

  map: {
    title: '21 địa bàn huyện cũ',
    legendOver: (limit: string) => `từ ${limit}`,
    legendBetween: (low: string, high: string) => `${low} – ${high}`,
    legendUnder: (limit: string) => `dưới ${limit}`,
    noData: 'không có số liệu',
    more: (count: number) => `và ${count} địa bàn khác`,
  },

  attendance: {
    title: 'Điểm danh hôm nay',
    present: 'Có mặt',
    late: 'Đi muộn',
    excused: 'Có phép',
    unexcused: 'Không phép',
    enrolled: 'Sĩ số',
    pupils: 'Học sinh',
    notYet: 'Chưa có lớp nào điểm danh',
    chart: 'Đi muộn, vắng có phép và vắng không phép theo buổi, phần trăm sĩ số',
  },

  events: {
    title: 'Diễn biến mới nhất',
    none: 'Chưa có diễn biến nào hôm nay',
    schoolClosed: (reason: string) => (reason === '' ? 'Đóng cửa' : `Đóng cửa: ${reason}`),
    changed: 'Chỉ số thay đổi',
    schoolOpened: 'Mở cửa trở lại',
    indicator: (name: string, status: string, value: string) =>
      `${name}: ${status}${value === '' ? '' : ` ${value}`}`,
    floodUp: (to: string) => `Báo động lũ lên cấp ${to}`,
    floodDown: (to: string) => `Báo động lũ xuống cấp ${to}`,
    floodOver: 'Hết báo động lũ',
    powerLost: (schools: string, total: string) =>
      schools === '' ? 'Mất điện' : `Mất điện ${schools}${total === '' ? '' : `/${total}`} trường`,
    powerBack: 'Đã có điện lại',
    linkLost: (schools: string, total: string) =>
      schools === '' ? 'Mất kết nối' : `Mất kết nối ${schools}${total === '' ? '' : `/${total}`} trường`,
    linkBack: 'Đã kết nối lại',
  },

  failure: {
    title: 'Phần này gặp lỗi',
    retry: 'Đang tự thử lại',
  },
}

export type Words = typeof vi
