import { type AliasHolders, textOf } from './aliases.ts'
import type { RegistryContext } from './context.ts'
import { type DeviceRow, readDevice, type UsernameHolders } from './device-row.ts'
import type { Reason, RowFault } from './row-fault.ts'
import { readSchool, type SchoolRow } from './school-row.ts'
import type { Table } from './table.ts'

/** What an import would write, and everything in the file that keeps it from being written. */
export interface Plan<Row> {
  rows: Row[]
  faults: RowFault[]
}

/** Checks all rows of schools.csv, each by itself and against each other. */
export function planSchools(table: Table, context: RegistryContext): Plan<SchoolRow> {
  const plan: Plan<SchoolRow> = { rows: [], faults: [...table.faults] }
  for (const row of table.rows) {
    const read = readSchool(row, context)
    if ('faults' in read) plan.faults.push(...read.faults)
    else plan.rows.push(read.school)
  }
  refuseRepeated(plan, (row) => row.code, 'code')
  refuseDanglingMergers(plan, context)
  return inOrder(plan)
}

/** Checks all rows of devices.csv, each by itself and against each other. */
export function planDevices(
  table: Table,
  context: RegistryContext,
  holders: UsernameHolders,
  aliasHolders: AliasHolders,
): Plan<DeviceRow> {
  const plan: Plan<DeviceRow> = { rows: [], faults: [...table.faults] }
  const namesAliases = table.columns.includes('aliases')
  for (const row of table.rows) {
    const read = readDevice(row, context, holders)
    if ('faults' in read) plan.faults.push(...read.faults)
    else plan.rows.push(namesAliases ? read.device : { ...read.device, aliases: null })
  }
  refuseRepeated(plan, (row) => `${row.school}/${row.code}`, 'code')
  refuseRepeated(plan, (row) => row.credential?.username, 'username')
  refuseRepeated(plan, (row) => row.aliases?.map(textOf), 'aliases')
  refuseTakenAliases(plan, aliasHolders)
  return inOrder(plan)
}

/** Of rows with the same key, or one of the same keys, the first stands and the others are refused. */
function refuseRepeated<Row extends { line: number }>(
  plan: Plan<Row>,
  keysOf: (row: Row) => string | readonly string[] | undefined,
  column: string,
): void {
  const first = new Map<string, number>()
  plan.rows = plan.rows.filter((row) => {
    const keys = [keysOf(row) ?? []].flat()
    const repeated = keys.find((key) => first.has(key))
    if (repeated === undefined) {
      for (const key of keys) first.set(key, row.line)
      return true
    }
    const line = first.get(repeated)
    const reason = { vi: `đã có ở dòng ${line}`, en: `stands on line ${line} already` }
    plan.faults.push({ line: row.line, column, value: repeated, reason })
    return false
  })
}

/**
 * A name belongs to one device. It may move to another when the file takes it from its holder as well. Refusing one
 * row can leave a name with its holder that another row was to get, so this repeats until nothing falls.
 */
function refuseTakenAliases(plan: Plan<DeviceRow>, holders: AliasHolders): void {
  const nameOf = ({ school, code }: DeviceRow) => `${school}/${code}`
  for (let before = Number.NaN; plan.rows.length !== before; ) {
    before = plan.rows.length
    const giving = new Set(plan.rows.filter((row) => row.aliases !== null).map(nameOf))
    plan.rows = plan.rows.filter((row) => {
      const taken = row.aliases?.map(textOf).find((alias) => {
        const holder = holders.get(alias)
        // Of two rows that name it, the second is refused already: a holder in the file has given it up.
        return holder !== undefined && holder !== nameOf(row) && !giving.has(holder)
      })
      if (taken === undefined) return true
      const holder = holders.get(taken)
      const reason = {
        vi: `tên này đã thuộc thiết bị ${holder}; hãy bỏ ở đó trước hoặc trong cùng tệp`,
        en: `this name belongs to the device ${holder}; take it away there first, or in the same file`,
      }
      plan.faults.push({ line: row.line, column: 'aliases', value: taken, reason })
      return false
    })
  }
}

/** Refusing one row can leave another without the school it merged into, so this repeats until nothing falls. */
function refuseDanglingMergers(plan: Plan<SchoolRow>, context: RegistryContext): void {
  const reason: Reason = {
    vi: 'không có trường mang mã này trong tệp hoặc trong cơ sở dữ liệu',
    en: 'no school has this code, neither in the file nor in the registry',
  }
  for (let before = Number.NaN; plan.rows.length !== before; ) {
    before = plan.rows.length
    const codes = new Set(plan.rows.map((row) => row.code))
    plan.rows = plan.rows.filter((row) => {
      const target = row.mergedInto
      if (target === null || codes.has(target) || context.schools.has(target)) return true
      plan.faults.push({ line: row.line, column: 'merged_into', value: target, reason })
      return false
    })
  }
}

function inOrder<Row>(plan: Plan<Row>): Plan<Row> {
  plan.faults.sort((a, b) => a.line - b.line)
  return plan
}
