import type { Words } from './words.vi.ts'

export const en: Words = {
  product: 'Nghe An Education IOC',
  department: 'Nghe An Department of Education and Training',
  weekdays: ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'],

  start: {
    lead: 'Intelligent Operations Centre of the education sector of Nghe An province',
    wall: 'Operations wall',
    wallHint: 'For the large screen of the centre, updated live',
    api: 'API documentation',
    apiHint: 'Addresses, parameters and answers of /api/v1',
    status: 'System status',
    statusHint: 'Versions, rates, lag, and what is simulated',
    otherLanguage: 'Tiếng Việt',
    unknown: 'There is no such page',
    toStart: 'To the start page',
  },

  strip: {
    label: 'General state',
    simulatedClock: 'Simulated clock',
    speed: (times) => `×${times}`,
    provinceTime: 'Vietnam time',
    simulatedData: 'Simulated data',
    aggregates: 'Aggregates only, nobody identified',
    open: 'open',
    closed: 'closed',
    unreported: 'not reported',
    schools: 'Schools',
    newest: (age) => `Data ${age} ago`,
    justNow: 'Data just received',
    noData: 'No data received yet',
  },

  link: {
    connecting: 'Connecting',
    live: 'Connected',
    lost: 'Disconnected',
    lostSince: (moment) => `No contact with the server since ${moment}`,
    lostFor: (length) => `For ${length}, trying again. The figures are old.`,
    never: 'The server has not answered yet',
    trying: 'Trying again',
    databaseLost: 'The server cannot read its database',
    old: 'The figures shown are old',
  },

  duration: {
    seconds: (count) => `${count} s`,
    minutes: (count) => `${count} min`,
    hours: (count) => `${count} h`,
    days: (count) => (count === 1 ? '1 day' : `${count} days`),
  },

  severity: { critical: 'Critical', warning: 'Warning', caution: 'Caution', info: 'Information' },
  status: {
    ok: 'On target',
    warning: 'Warning',
    critical: 'Critical',
    insufficient: 'Too little data',
    not_applicable: 'Not applicable',
    suppressed: 'Group too small',
  },
  waiting: 'Waiting for data',
  stale: (age) => `Old · ${age}`,
  noValue: '—',

  period: { morning: 'morning', afternoon: 'afternoon', day: 'today', now: 'now' },
  sessionShort: { morning: 'AM', afternoon: 'PM' },

  unit: {
    '%': '%',
    schools: 'schools',
    rooms: 'rooms',
    pupils: 'pupils',
    level: 'level',
    cm: 'cm',
    '°C': '°C',
  },
  points: 'pts',
  unchanged: 'unchanged',

  overview: {
    label: 'Overview',
    province: 'Province',
    againstLastWeek: 'against last week',
    environment: 'Environment and water',
  },

  indicator: {
    'attendance-rate': 'Attendance',
    'roll-completeness': 'Rolls taken',
    'schools-open': 'Schools open',
    'pupils-affected-by-closure': 'Pupils off',
    'absence-unexcused-rate': 'Unexcused absence',
    'absence-excused-rate': 'Excused absence',
    'late-rate': 'Late',
    'co2-good-share': 'Good CO2',
    'co2-rooms-over': 'CO2 too high',
    'heat-room-share': 'Rooms too hot',
    'power-availability': 'Power',
    'internet-availability': 'Internet',
    'device-online-rate': 'Devices online',
    'flood-alarm-level': 'Flood alarm',
    'yard-water-depth': 'Yard water',
  },

  map: {
    title: '21 former districts',
    legendOver: (limit) => `${limit} and up`,
    legendBetween: (low, high) => `${low} – ${high}`,
    legendUnder: (limit) => `under ${limit}`,
    noData: 'no data',
    more: (count) => `and ${count} more`,
  },

  attendance: {
    title: 'Attendance today',
    present: 'Present',
    late: 'Late',
    excused: 'Excused',
    unexcused: 'Unexcused',
    enrolled: 'Enrolled',
    pupils: 'Pupils',
    notYet: 'No roll taken yet',
    chart: 'Late, excused and unexcused by session, percent of enrolled',
  },

  events: {
    title: 'Latest events',
    none: 'No events today so far',
    schoolClosed: (reason) => (reason === '' ? 'Closed' : `Closed: ${reason}`),
    changed: 'An indicator has changed',
    schoolOpened: 'Open again',
    indicator: (name, status, value) => `${name}: ${status}${value === '' ? '' : ` ${value}`}`,
    floodUp: (to) => `Flood alarm up to level ${to}`,
    floodDown: (to) => `Flood alarm down to level ${to}`,
    floodOver: 'Flood alarm over',
    powerLost: (schools, total) =>
      schools === '' ? 'Power lost' : `Power lost: ${schools}${total === '' ? '' : `/${total}`} schools`,
    powerBack: 'Power is back',
    linkLost: (schools, total) =>
      schools === '' ? 'Link lost' : `Link lost: ${schools}${total === '' ? '' : `/${total}`} schools`,
    linkBack: 'Link is back',
  },

  failure: {
    title: 'This part has failed',
    retry: 'Trying again by itself',
  },
}
