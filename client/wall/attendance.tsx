import { useMemo } from 'react'
import { attendanceOption, type SessionShares } from '../charts/attendance-option.ts'
import { Chart } from '../charts/chart.tsx'
import { useReader } from '../lib/reader.tsx'
import { Empty } from '../ui/empty.tsx'
import { Panel } from '../ui/panel.tsx'
import { Table } from '../ui/table.tsx'
import { type SessionRoll, sessionRoll, shareOf } from './attendance-model.ts'
import type { AreaValues } from './session.ts'

/** Today's rolls by session: who was late or away, and how many pupils that is. */
export function Attendance({ values, stale }: { values: AreaValues | undefined; stale: boolean }) {
  const { words, formats } = useReader()
  const { attendance, sessionShort } = words
  const rolls = useMemo(() => [sessionRoll('morning', values), sessionRoll('afternoon', values)], [values])
  const key = JSON.stringify(rolls)
  // The key holds all the figures: a patch that changes none of them does not draw the chart again.
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  const option = useMemo(
    () =>
      attendanceOption({
        sessions: rolls.map(
          (roll): SessionShares => ({
            name: sessionShort[roll.session],
            late: shareOf(roll.late, roll.enrolled),
            excused: shareOf(roll.excused, roll.enrolled),
            unexcused: shareOf(roll.unexcused, roll.enrolled),
          }),
        ),
        names: attendance,
        format: (value) => formats.count(value, 1),
      }),
    [key, attendance, sessionShort, formats],
  )
  const cells = (pick: (roll: SessionRoll) => number | null) =>
    rolls.map((roll) => {
      const count = pick(roll)
      return count === null ? words.noValue : formats.count(count)
    })
  const empty = rolls.every((roll) => roll.enrolled === null)
  return (
    <Panel name="attendance" title={attendance.title}>
      {empty ? (
        <Empty text={attendance.notYet} />
      ) : (
        <div className="attendance" data-stale={stale}>
          <Table
            caption={attendance.title}
            corner={attendance.pupils}
            columns={rolls.map((roll) => sessionShort[roll.session])}
            rows={[
              { key: 'enrolled', head: attendance.enrolled, cells: cells((roll) => roll.enrolled) },
              { key: 'present', head: attendance.present, cells: cells((roll) => roll.present) },
              { key: 'late', head: part(1, attendance.late), cells: cells((roll) => roll.late) },
              { key: 'excused', head: part(2, attendance.excused), cells: cells((roll) => roll.excused) },
              {
                key: 'unexcused',
                head: part(3, attendance.unexcused),
                cells: cells((roll) => roll.unexcused),
              },
            ]}
          />
          <Chart option={option} label={attendance.chart} />
        </div>
      )}
    </Panel>
  )
}

/** A name with the colour and pattern of its part of the bar. */
function part(series: 1 | 2 | 3, name: string) {
  return (
    <span className="part">
      <span className={`swatch series-${series}`} />
      {name}
    </span>
  )
}
